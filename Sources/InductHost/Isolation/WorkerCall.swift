// SPDX-License-Identifier: Apache-2.0

/// What the host may ask of a worker; the numbers are those of Documentation/Worker-protocol.md.
enum WorkerCall: UInt32 {
    case hello = 1
    case describe
    case create
    case map
    case channel
    case entropy
    case begin
    case merge
    case finish
    case discard
    case workspace
    case fill = 32
    case oracle
    case forward
    case backward
    case observe
    case consume

    /// As the ABI calls it.
    var name: StaticString {
        switch self {
        case .hello: "hello"
        case .describe: "describe"
        case .create: "create"
        case .map: "map"
        case .channel: "channel"
        case .entropy: "entropy"
        case .begin: "begin"
        case .merge: "merge"
        case .finish: "finish"
        case .discard: "discard"
        case .workspace: "workspace"
        case .fill: "fill"
        case .oracle: "oracle"
        case .forward: "forward"
        case .backward: "backward"
        case .observe: "observe"
        case .consume: "consume"
        }
    }

    /// Whether its outcome depends on its arguments alone, so that a fresh worker may be asked again.
    var isPure: Bool { [.fill, .oracle, .entropy, .workspace].contains(self) }
}

/// The worker protocol's numbers.
enum WorkerProtocol {
    static let version = 1
    /// The file descriptor at which a worker finds its first channel.
    static let firstChannel: Int32 = 3
    /// Bytes of the region that comes with hello.
    static let flagBytes = 4096
    /// Bytes of the longest answer that is read.
    static let longestAnswer: UInt64 = 1 << 30
    /// Bytes of a reference to shared memory, and of a tensor.
    static let referenceBytes = 24
    static let tensorBytes = 96
}

/// The first 24 bytes of a message.
struct MessageHeader: Equatable {
    static let bytes = 24

    var kind: UInt32
    var serial: UInt32
    /// Of an answer, a status of abi.h; of a request, 1 plus the processor on which its caller waits, or 0.
    var status: Int32
    /// Bytes of text at the beginning of the payload.
    var text: UInt32
    /// Bytes of the payload.
    var size: UInt64

    init(_ call: WorkerCall, serial: UInt32, status: Int32 = 0, text: Int = 0, size: Int = 0) {
        kind = call.rawValue
        self.serial = serial
        self.status = status
        self.text = UInt32(text)
        self.size = UInt64(size)
    }

    init(_ bytes: UnsafeRawPointer) {
        kind = bytes.loadUnaligned(as: UInt32.self)
        serial = bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
        status = bytes.loadUnaligned(fromByteOffset: 8, as: Int32.self)
        text = bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self)
        size = bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
    }

    func write(to bytes: UnsafeMutableRawPointer) {
        bytes.storeBytes(of: kind, as: UInt32.self)
        bytes.storeBytes(of: serial, toByteOffset: 4, as: UInt32.self)
        bytes.storeBytes(of: status, toByteOffset: 8, as: Int32.self)
        bytes.storeBytes(of: text, toByteOffset: 12, as: UInt32.self)
        bytes.storeBytes(of: size, toByteOffset: 16, as: UInt64.self)
    }
}
