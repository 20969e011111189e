// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// What a foreign evaluator has seen: the number so far, of how many samples, and over how many bytes.
final class ForeignFold {
    private(set) var number: ForeignNumber
    private var samples = 0.0
    private var size: Int64 = 0

    init(_ plan: ForeignEvaluatorPlan) {
        switch plan.merge {
        case .fold:
            guard case .scalar(let scalar) = plan.call.signature.result,
                let start = ForeignNumber(plan.start, scalar)
            else { preconditionFailure("a fold's start fits its function's result") }
            number = start
        case .sum, .mean, .minimum, .maximum: number = .real(0)
        }
    }

    static func of(_ pointer: UnsafeMutableRawPointer?) -> ForeignFold? {
        pointer.map { Unmanaged<ForeignFold>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Takes a sample's number; `size` is how many bytes of it the function saw.
    func take(_ new: ForeignNumber, size: Int, _ plan: ForeignEvaluatorPlan) throws(ForeignFailure) {
        if plan.merge == .fold {
            number = new
        } else {
            join(new.double, plan.merge)
        }
        samples += 1
        self.size += Int64(size)
    }

    private func join(_ new: Double, _ merge: ForeignEvaluatorPlan.Merge) {
        let old = number.double
        switch merge {
        case .sum, .mean: number = .real(old + new)
        // A NaN stays.
        case .minimum: number = .real(samples == 0 || new.isNaN || new < old ? new : old)
        case .maximum: number = .real(samples == 0 || new.isNaN || new > old ? new : old)
        case .fold: break
        }
    }

    /// Adds what a later part has seen.
    func merge(_ other: ForeignFold, _ plan: ForeignEvaluatorPlan, _ combine: CallMemory?) throws(ForeignFailure) {
        guard other.samples > 0 else { return }
        if plan.merge == .fold, let combine {
            if samples == 0 {
                number = other.number
            } else {
                for (index, argument) in combine.prepared.arguments.enumerated() {
                    switch argument {
                    case .accumulated(let scalar): combine.store(number, index, as: scalar)
                    case .other(let scalar): combine.store(other.number, index, as: scalar)
                    case .otherSize(let scalar): combine.store(.signed(other.size), index, as: scalar)
                    default: break
                    }
                }
                try combine.invoke()
                number = combine.numberResult
            }
        } else {
            join(other.number.double, plan.merge)
        }
        samples += other.samples
        size += other.size
    }

    /// The metric; NaN for a mean, least or largest of nothing.
    func value(_ plan: ForeignEvaluatorPlan) throws(ForeignFailure) -> Double {
        switch plan.merge {
        case .sum: return number.double
        case .mean: return number.double / samples
        case .minimum, .maximum: return samples == 0 ? .nan : number.double
        case .fold:
            let value = number.double
            guard Self.isExact(number) else {
                throw ForeignFailure("the value \(number.text) is too large for a metric, which holds integers to 2^53")
            }
            return value
        }
    }

    private static func isExact(_ number: ForeignNumber) -> Bool {
        switch number {
        case .signed(let value): value.magnitude <= 1 << 53
        case .unsigned(let value): value <= 1 << 53
        case .real: true
        }
    }
}

extension CallMemory {
    /// Writes a sample's entries into an array, as numbers of its type.
    func copy(
        _ data: UnsafeMutableRawPointer, _ type: ElementType, _ count: Int, to index: Int
    ) throws(ForeignFailure) {
        guard let scalar = prepared.array(index)?.scalar, let target = array(index) else { return }
        for element in 0..<count {
            let number: ForeignNumber =
                switch type {
                case .int32: .signed(Int64(data.load(fromByteOffset: 4 * element, as: Int32.self)))
                case .float32: .real(Double(data.load(fromByteOffset: 4 * element, as: Float.self)))
                case .float64: .real(data.load(fromByteOffset: 8 * element, as: Double.self))
                }
            guard let converted = ForeignNumber(number, as: scalar) else {
                throw ForeignFailure("entry \(element) is \(number.text), which a \(scalar.name) cannot hold")
            }
            converted.store(target + element * scalar.bytes, as: scalar)
        }
    }
}
