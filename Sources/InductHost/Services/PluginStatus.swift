// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// Statuses and errors of abi.h.
enum PluginStatus {
    /// An empty error, ready for a call; the message's bytes beyond the first stay as they are.
    static func prepare(_ error: UnsafeMutablePointer<induct_error>) {
        let raw = UnsafeMutableRawPointer(error)
        raw.storeBytes(of: UInt32(MemoryLayout<induct_error>.size), as: UInt32.self)
        raw.storeBytes(of: INDUCT_OK, toByteOffset: 4, as: Int32.self)
        raw.storeBytes(of: 0, toByteOffset: messageOffset, as: UInt8.self)
    }

    /// The message of an error of ours, in at most its bytes, with what is not UTF-8 or would move the cursor of a terminal
    /// replaced.
    static func message(of error: UnsafePointer<induct_error>) -> String {
        let bytes = UnsafeRawBufferPointer(
            start: UnsafeRawPointer(error) + messageOffset,
            count: MemoryLayout<induct_error>.size - messageOffset)
        let text = bytes.prefix { $0 != 0 }.map { $0 < 32 && $0 != 9 && $0 != 10 || $0 == 127 ? UInt8(ascii: "?") : $0 }
        return String(decoding: text, as: UTF8.self)
    }

    /// Writes a failure into an error that a plugin owns, within the size it knows, and gives the status.
    static func report(_ failure: PluginFailure, to error: UnsafeMutablePointer<induct_error>?) -> induct_status {
        report(status: failure.status, message: failure.description, to: error)
    }

    static func report(
        status: induct_status, message: String, to error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        guard let error else { return status }
        let raw = UnsafeMutableRawPointer(error)
        let size = min(Int(raw.loadUnaligned(as: UInt32.self)), MemoryLayout<induct_error>.size)
        if size >= messageOffset { raw.storeBytes(of: status, toByteOffset: 4, as: Int32.self) }
        let room = size - messageOffset - 1
        if room >= 0 {
            // Cut between characters.
            var end = 0
            for character in message where end + character.utf8.count <= room { end += character.utf8.count }
            for (i, byte) in message.utf8.prefix(end).enumerated() {
                raw.storeBytes(of: byte, toByteOffset: messageOffset + i, as: UInt8.self)
            }
            raw.storeBytes(of: 0, toByteOffset: messageOffset + end, as: UInt8.self)
        }
        return status
    }

    static func name(_ status: induct_status) -> String {
        switch status {
        case INDUCT_OK: "OK"
        case INDUCT_CANCELLED: "CANCELLED"
        case INDUCT_UNKNOWN: "UNKNOWN"
        case INDUCT_INVALID_ARGUMENT: "INVALID_ARGUMENT"
        case INDUCT_NOT_FOUND: "NOT_FOUND"
        case INDUCT_RESOURCE_EXHAUSTED: "RESOURCE_EXHAUSTED"
        case INDUCT_FAILED_PRECONDITION: "FAILED_PRECONDITION"
        case INDUCT_OUT_OF_RANGE: "OUT_OF_RANGE"
        case INDUCT_UNIMPLEMENTED: "UNIMPLEMENTED"
        case INDUCT_INTERNAL: "INTERNAL"
        case INDUCT_UNAVAILABLE: "UNAVAILABLE"
        case INDUCT_DATA_LOSS: "DATA_LOSS"
        default: "\(status)"
        }
    }

    private static let messageOffset = 8
}
