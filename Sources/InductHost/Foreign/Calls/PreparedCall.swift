// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// A call with everything that is known before it is made: its function, its configuration, its addresses.
struct PreparedCall {
    let call: ForeignCall
    let function: ForeignFunction
    let message: ForeignFunction?
    /// One for each parameter.
    let arguments: [Argument]

    enum Argument {
        /// The same in every call.
        case fixed(ForeignNumber, ForeignScalar)
        case seed(bits: Int, ForeignScalar)
        case length(ForeignScalar)
        case accumulated(ForeignScalar)
        case other(ForeignScalar)
        case otherSize(ForeignScalar)
        case size(of: Int, ForeignScalar)
        case array(Array)
        /// Bytes with a NUL at their end.
        case text([UInt8])
        case pointer(UInt)
        case handle(Int)
        case buffer(Int)
        case callback(ForeignCall.Callback, ForeignSignature.CallbackType)
    }

    /// An array of `count` elements; nil: as many as are wanted.
    struct Array {
        var scalar: ForeignScalar
        var isWritten: Bool
        var content: Content
        var count: Int?
    }

    enum Content {
        case nothing
        case seed
        case fixed([ForeignNumber])
        case values(ForeignCall.Item)
        case bytes(ForeignCall.Item)
    }

    /// Resolves names against the library, the configuration, and the part's handles and buffers.
    ///
    /// - Throws: `INVALID_ARGUMENT` for numbers that do not fit their types, and lists that do not fit each other.
    init(
        _ call: ForeignCall, library: LibraryHandle, config: JSON, handles: [String], buffers: [String]
    ) throws(ForeignFailure) {
        self.call = call
        do throws(TableDefect) {
            function = try ForeignFunction(call.signature, in: library)
            message = try call.message.map { signature throws(TableDefect) in
                try ForeignFunction(signature, in: library)
            }
        } catch {
            throw ForeignFailure(error.message, status: INDUCT_NOT_FOUND)
        }
        let resolver = Resolver(call: call, library: library, config: config, handles: handles, buffers: buffers)
        var arguments: [Argument] = []
        for index in call.arguments.indices { arguments.append(try resolver.argument(index)) }
        try resolver.settleLengths(&arguments)
        self.arguments = arguments
    }

    /// The array argument at an index.
    func array(_ index: Int) -> Array? {
        guard case .array(let array) = arguments[index] else { return nil }
        return array
    }
}

/// Turns the arguments of a call into prepared ones.
private struct Resolver {
    let call: ForeignCall
    let library: LibraryHandle
    let config: JSON
    let handles: [String]
    let buffers: [String]

    private func invalid(_ index: Int, _ message: String) -> ForeignFailure {
        ForeignFailure(
            "\(call.signature.parameters[index].name) of \(call.signature.name) \(message)",
            status: INDUCT_INVALID_ARGUMENT)
    }

    func argument(_ index: Int) throws(ForeignFailure) -> PreparedCall.Argument {
        let type = call.signature.parameters[index].type
        switch (call.arguments[index], type) {
        case (.scalar(let value), .scalar(let scalar)): return try self.scalar(value, scalar, index)
        case (.size(let array), .scalar(let scalar)): return .size(of: array, scalar)
        case (.array(let content), .array(let scalar, let direction, _)):
            return .array(try array(content, scalar, direction, index))
        case (.text(.config(let key)), _): return .text(Array((config[key]?.string ?? "").utf8) + [0])
        case (.text(.constant(let json)), _): return .text(Array((json.string ?? "").utf8) + [0])
        case (.handle(let type), _): return .handle(handles.firstIndex(of: type) ?? 0)
        case (.buffer(let name), _): return .buffer(buffers.firstIndex(of: name) ?? 0)
        case (.variable(let name), _):
            return .pointer(try symbol(name).load(as: UInt.self))
        case (.symbol(let name), _): return .pointer(UInt(bitPattern: try symbol(name)))
        case (.null, _): return .pointer(0)
        case (.callback(let callback), .function(let type)): return .callback(callback, type)
        default: preconditionFailure("a manifest's bindings fit their parameters")
        }
    }

    private func symbol(_ name: String) throws(ForeignFailure) -> UnsafeMutableRawPointer {
        guard let symbol = library.symbol(name) else {
            throw ForeignFailure("the library \(library.path) has no symbol '\(name)'", status: INDUCT_NOT_FOUND)
        }
        return symbol
    }

    private func number(
        _ json: JSON, _ scalar: ForeignScalar, _ index: Int
    ) throws(ForeignFailure) -> ForeignNumber {
        guard let number = ForeignNumber(json, scalar) else {
            throw invalid(index, "is a \(scalar.name), which cannot hold \(json.excerpt)")
        }
        return number
    }

    private func scalar(
        _ value: ForeignCall.Value, _ scalar: ForeignScalar, _ index: Int
    ) throws(ForeignFailure) -> PreparedCall.Argument {
        switch value {
        case .seed(let bits): .seed(bits: bits, scalar)
        case .config(let key): .fixed(try number(config[key] ?? .null, scalar, index), scalar)
        case .constant(let json): .fixed(try number(json, scalar, index), scalar)
        case .length: .length(scalar)
        case .accumulated: .accumulated(scalar)
        case .other: .other(scalar)
        case .otherSize: .otherSize(scalar)
        }
    }

    private func array(
        _ content: ForeignCall.Content, _ scalar: ForeignScalar, _ direction: ForeignSignature.Direction, _ index: Int
    ) throws(ForeignFailure) -> PreparedCall.Array {
        var array = PreparedCall.Array(
            scalar: scalar, isWritten: direction != .input, content: .nothing, count: nil)
        switch content {
        case .nothing: break
        case .seed: array.content = .seed
        case .values(let item): array.content = .values(item)
        case .bytes(let item): array.content = .bytes(item)
        case .config(let key): array.content = .fixed(try list(config[key] ?? .null, scalar, index))
        case .constant(let json): array.content = .fixed(try list(json, scalar, index))
        }
        return array
    }

    private func list(
        _ json: JSON, _ scalar: ForeignScalar, _ index: Int
    ) throws(ForeignFailure) -> [ForeignNumber] {
        var numbers: [ForeignNumber] = []
        for entry in json.array ?? [] { numbers.append(try number(entry, scalar, index)) }
        guard !numbers.isEmpty else { throw invalid(index, "is an empty list") }
        return numbers
    }

    /// Gives every array the length that its signature, a bound parameter, or another array of the same length says.
    func settleLengths(_ arguments: inout [PreparedCall.Argument]) throws(ForeignFailure) {
        var known: [String: Int] = [:]
        for (index, argument) in arguments.enumerated() {
            if case .fixed(let number, _) = argument {
                let name = call.signature.parameters[index].name
                let isLength = call.signature.parameters.contains {
                    guard case .array(_, _, .parameter(name)) = $0.type else { return false }
                    return true
                }
                guard isLength else { continue }
                guard let count = Int(exactly: number.double), (1...ForeignSignature.mostElements).contains(count)
                else {
                    throw invalid(
                        index,
                        "is the length of an array and \(number.text); lengths are 1 to "
                            + "\(ForeignSignature.mostElements)")
                }
                known[name] = count
            }
        }
        for (index, argument) in arguments.enumerated() {
            guard case .array(let array) = argument, case .fixed(let numbers) = array.content,
                case .array(_, _, .parameter(let name)) = call.signature.parameters[index].type
            else { continue }
            if let count = known[name], count != numbers.count {
                throw invalid(index, "has \(numbers.count) values, but its length \(name) is \(count)")
            }
            known[name] = numbers.count
        }
        for (index, argument) in arguments.enumerated() {
            guard case .array(var array) = argument,
                case .array(_, _, let length) = call.signature.parameters[index].type
            else { continue }
            switch length {
            case .constant(let count): array.count = count
            case .parameter(let name): array.count = known[name]
            }
            if case .fixed(let numbers) = array.content, numbers.count != array.count {
                throw invalid(index, "has \(numbers.count) values, but its length is \(array.count ?? 0)")
            }
            arguments[index] = .array(array)
        }
    }
}
