// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

extension ForeignSourcePlan {
    /// What the source delivers under a configuration.
    func schema(_ config: JSON) -> Schema {
        let classes =
            switch self.classes {
            case .constant(let count): count
            case .config(let key): config[key]?.int ?? 0
            }
        let tensors = outputs.map { output in
            TensorSchema(
                name: output.tensor, type: output.type, role: output.role, shape: [.batch] + output.shape,
                limit: output.isClass ? classes : nil)
        }
        return Schema(
            task: task, loss: task == .regression ? .squaredError : .crossEntropy, tensors: tensors, classes: classes,
            outputs: width, positions: task == .nextToken ? .length : .constant(positions),
            maximumLength: maximumLength)
    }

    /// Whether the function is called again until a sequence is full.
    func isRepeated(_ call: PreparedCall) -> Bool {
        guard task == .nextToken, let output = outputs.first else { return false }
        switch output.origin {
        case .result: return true
        case .argument(let index): return call.array(index)?.count != nil
        case .callback: return false
        }
    }

    /// Holds the lengths of what the function writes to the tensors' sizes.
    func check(_ call: PreparedCall) throws(ForeignFailure) {
        guard task != .nextToken else { return }
        for output in outputs {
            let wanted = output.shape.reduce(1) { $0 * $1.bound(batch: 1, length: 1) }
            let given: Int
            switch output.origin {
            case .result: given = 1
            case .argument(let index): given = call.array(index)?.count ?? wanted
            case .callback: given = wanted
            }
            guard given == wanted else {
                throw ForeignFailure(
                    "\(call.call.signature.name) gives \(given) values for '\(output.tensor)', whose shape holds "
                        + "\(wanted)", status: INDUCT_INVALID_ARGUMENT)
            }
        }
    }
}

extension ForeignSourcePlan.Output {
    /// Whether its values lie in `[0, classes)`.
    var isClass: Bool {
        type == .int32 && (map != .identity || tensor == "tokens" || tensor == "targets")
    }
}

extension ForeignSourcePlan.Map {
    /// A token or class in `[0, limit)`.
    ///
    /// - Throws: for numbers that stand for none.
    func integer(_ number: ForeignNumber, below limit: Int) throws(ForeignFailure) -> Int32 {
        switch self {
        case .identity:
            guard case .signed(let value)? = ForeignNumber(number, as: .int), value >= 0,
                value < limit || limit == 0
            else { throw ForeignFailure("the value \(number.text) is no whole number from 0 to \(limit - 1)") }
            return Int32(truncatingIfNeeded: value)
        case .clamp:
            let value = number.double
            guard value >= 0, value == value.rounded(.down) else {
                throw ForeignFailure("the value \(number.text) is no whole number from 0 on")
            }
            return Int32(min(Double(limit - 1), value))
        case .floor(let low, let high):
            let value = number.double
            guard value >= low, value < high else {
                throw ForeignFailure("the value \(number.text) does not lie in [\(low), \(high))")
            }
            // Rounding may reach the limit itself.
            return Int32(min(Double(limit - 1), ((value - low) / (high - low) * Double(limit)).rounded(.down)))
        case .modulo:
            switch number {
            case .unsigned(let value): return Int32(value % UInt64(limit))
            case .signed(let value):
                let rest = value % Int64(limit)
                return Int32(rest < 0 ? rest + Int64(limit) : rest)
            case .real: throw ForeignFailure("the value \(number.text) has no remainder")
            }
        case .edges(let edges):
            let value = number.double
            guard !value.isNaN else { throw ForeignFailure("the value is not a number") }
            return Int32(edges.prefix { $0 <= value }.count)
        }
    }
}
