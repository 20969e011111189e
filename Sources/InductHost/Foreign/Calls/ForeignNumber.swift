// SPDX-License-Identifier: Apache-2.0

import InductCore

/// A number that goes into a foreign function or comes out of it.
enum ForeignNumber: Equatable {
    case signed(Int64)
    case unsigned(UInt64)
    case real(Double)

    /// Reads a value of a type.
    init(_ memory: UnsafeRawPointer, _ scalar: ForeignScalar) {
        switch (scalar.kind, scalar.bytes) {
        case (.signed, 1): self = .signed(Int64(memory.load(as: Int8.self)))
        case (.signed, 2): self = .signed(Int64(memory.load(as: Int16.self)))
        case (.signed, 4): self = .signed(Int64(memory.load(as: Int32.self)))
        case (.signed, _): self = .signed(memory.load(as: Int64.self))
        case (.unsigned, 1): self = .unsigned(UInt64(memory.load(as: UInt8.self)))
        case (.unsigned, 2): self = .unsigned(UInt64(memory.load(as: UInt16.self)))
        case (.unsigned, 4): self = .unsigned(UInt64(memory.load(as: UInt32.self)))
        case (.unsigned, _): self = .unsigned(memory.load(as: UInt64.self))
        case (.real, 4): self = .real(Double(memory.load(as: Float.self)))
        case (.real, _): self = .real(memory.load(as: Double.self))
        }
    }

    /// A number or boolean of JSON as a type holds it; nil when it does not.
    init?(_ json: JSON, _ scalar: ForeignScalar) {
        let number: ForeignNumber
        switch json {
        case .bool(let value): number = .signed(value ? 1 : 0)
        case .integer(let value): number = .signed(value)
        case .number(let value): number = .real(value)
        default: return nil
        }
        self.init(number, as: scalar)
    }

    /// The same number as a type holds it; nil when an integer type does not.
    init?(_ number: ForeignNumber, as scalar: ForeignScalar) {
        guard scalar.isInteger else {
            self = .real(scalar.bytes == 4 ? Double(Float(number.double)) : number.double)
            return
        }
        let value: Int128
        switch number {
        case .signed(let integer): value = Int128(integer)
        case .unsigned(let integer): value = Int128(integer)
        case .real(let real):
            guard let integer = Int128(exactly: real) else { return nil }
            value = integer
        }
        let least: Int128 = scalar.kind == .signed ? -(Int128(1) << (scalar.bits - 1)) : 0
        let end = Int128(1) << (scalar.kind == .signed ? scalar.bits - 1 : scalar.bits)
        guard value >= least, value < end else { return nil }
        self = scalar.kind == .signed ? .signed(Int64(value)) : .unsigned(UInt64(value))
    }

    var double: Double {
        switch self {
        case .signed(let value): Double(value)
        case .unsigned(let value): Double(value)
        case .real(let value): value
        }
    }

    /// Writes it as a type that holds it.
    func store(_ memory: UnsafeMutableRawPointer, as scalar: ForeignScalar) {
        guard scalar.isInteger else {
            if scalar.bytes == 4 {
                memory.storeBytes(of: Float(double), as: Float.self)
            } else {
                memory.storeBytes(of: double, as: Double.self)
            }
            return
        }
        let bits: UInt64 =
            switch self {
            case .signed(let value): UInt64(bitPattern: value)
            case .unsigned(let value): value
            case .real(let value): UInt64(bitPattern: Int64(value))
            }
        Self.store(bits, memory, bytes: scalar.bytes)
    }

    /// Writes the low bytes of a word.
    static func store(_ bits: UInt64, _ memory: UnsafeMutableRawPointer, bytes: Int) {
        switch bytes {
        case 1: memory.storeBytes(of: UInt8(truncatingIfNeeded: bits), as: UInt8.self)
        case 2: memory.storeBytes(of: UInt16(truncatingIfNeeded: bits), as: UInt16.self)
        case 4: memory.storeBytes(of: UInt32(truncatingIfNeeded: bits), as: UInt32.self)
        default: memory.storeBytes(of: bits, as: UInt64.self)
        }
    }

    /// For messages.
    var text: String {
        switch self {
        case .signed(let value): "\(value)"
        case .unsigned(let value): "\(value)"
        case .real(let value): "\(value)"
        }
    }
}
