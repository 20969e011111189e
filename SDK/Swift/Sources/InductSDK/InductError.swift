// SPDX-License-Identifier: Apache-2.0

import CInduct
import Glibc

/// Why a call of a plugin failed: a status for the program, a message for the user.
///
/// A good message says what is wrong, where, and what to do.
public struct InductError: Error, Equatable, Sendable {
    /// The kinds of failure that the ABI knows; the numbers are those of gRPC.
    public enum Status: Int32, Sendable {
        /// The user asked to stop.
        case cancelled = 1
        /// Anything else.
        case unknown = 2
        /// A parameter or an argument has a value that makes no sense.
        case invalidArgument = 3
        /// Something named does not exist.
        case notFound = 5
        /// Out of memory or another resource.
        case resourceExhausted = 8
        /// The call came at a time when it cannot be served.
        case failedPrecondition = 9
        /// An index or a length beyond what exists.
        case outOfRange = 11
        /// A part of the ABI that this plugin does not have.
        case unimplemented = 12
        /// A defect of the plugin.
        case `internal` = 13
        /// A service that is missing now.
        case unavailable = 14
        /// Data that was damaged.
        case dataLoss = 15
    }

    /// What kind of failure it is.
    public var status: Status
    /// What is wrong, where, and what to do.
    public var message: String

    /// Makes an error of a kind with a message.
    public init(_ status: Status, _ message: String) {
        self.status = status
        self.message = message
    }

    /// A parameter has a value that makes no sense.
    public static func invalid(_ message: String) -> InductError { InductError(.invalidArgument, message) }
}

extension InductError {
    /// The failure of a call into the host: what it returned and what it wrote.
    init(status: induct_status, record: induct_error) {
        let text = withUnsafeBytes(of: record.message) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        self.init(
            Status(rawValue: status) ?? .unknown,
            text.isEmpty ? "the call failed with status \(status) and no message" : text)
    }
}

/// Runs `body` at the border: a Swift error becomes a status and a message, and goes no further; errno stays as it was.
func guarded(_ error: UnsafeMutablePointer<induct_error>?, _ body: () throws -> Void) -> induct_status {
    let number = errno
    defer { errno = number }
    do {
        try body()
        return INDUCT_OK
    } catch let failure as InductError {
        write(failure, to: error)
        return failure.status.rawValue
    } catch let failure {
        let unknown = InductError(.unknown, String(describing: failure))
        write(unknown, to: error)
        return unknown.status.rawValue
    }
}

/// Fills in the caller's record, at most as far as the caller knows it, cut at a character's border.
func write(_ failure: InductError, to error: UnsafeMutablePointer<induct_error>?) {
    let header = MemoryLayout<induct_error>.offset(of: \.message) ?? 8
    guard let error, Int(error.pointee.struct_size) > header else { return }
    error.pointee.status = failure.status.rawValue
    let capacity = min(Int(error.pointee.struct_size), MemoryLayout<induct_error>.size) - header
    var text = Array(failure.message.utf8.prefix(capacity - 1))
    while let last = text.last, last & 0xC0 == 0x80, String(validating: text, as: UTF8.self) == nil {
        text.removeLast()
    }
    if String(validating: text, as: UTF8.self) == nil, !text.isEmpty { text.removeLast() }
    let message = UnsafeMutableRawPointer(error) + header
    text.withUnsafeBytes { bytes in
        if let base = bytes.baseAddress { message.copyMemory(from: base, byteCount: bytes.count) }
    }
    message.storeBytes(of: 0, toByteOffset: text.count, as: UInt8.self)
}

/// Makes a call into the host and throws what it reports.
func calling(_ call: (UnsafeMutablePointer<induct_error>) -> induct_status) throws(InductError) {
    var record = induct_error()
    record.struct_size = UInt32(MemoryLayout<induct_error>.size)
    let status = call(&record)
    if status != INDUCT_OK { throw InductError(status: status, record: record) }
}
