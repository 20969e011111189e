// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// Checks the parameters and points of an architecture or gate.
enum ParameterReading {
    /// Most parameters, and most points, of one architecture.
    static let most = 65_536
    private static let mostElements = 1 << 40

    static func parameter(_ pointer: UnsafePointer<induct_parameter>) throws(TableDefect) -> ParameterDescription {
        let table = try Negotiation.read(pointer, "induct_parameter", minimum: 28)
        let name = try Negotiation.requiredText(table.name, "parameter's name", limit: INDUCT_MAX_STRING)
        // safetensors keeps that one for itself.
        guard Names.isDotted(name), name != "__metadata__" else {
            throw TableDefect(
                "its parameter '\(name)' has no usable name; names are letters, digits, '-' and '_', with dots between levels"
            )
        }
        guard (0...Int32(INDUCT_MAX_RANK)).contains(table.rank), table.rank == 0 || table.shape != nil else {
            throw TableDefect("its parameter '\(name)' has rank \(table.rank); ranks are 0 to \(INDUCT_MAX_RANK)")
        }
        var shape: [Int] = []
        var elements = 1
        for axis in 0..<Int(table.rank) {
            let size = Int(table.shape[axis])
            let (product, overflow) = elements.multipliedReportingOverflow(by: size)
            guard size > 0, !overflow, product <= mostElements else {
                throw TableDefect("its parameter '\(name)' has a dimension of \(size), which cannot be allocated")
            }
            elements = product
            shape.append(size)
        }
        let isOnline = table.flags & INDUCT_PARAMETER_ONLINE != 0
        return ParameterDescription(
            name: name, shape: shape, initialiser: try initialiser(table, name),
            isFrozen: isOnline || table.flags & INDUCT_PARAMETER_FROZEN != 0,
            isDecayed: table.flags & INDUCT_PARAMETER_NOT_DECAYED == 0, isOnline: isOnline)
    }

    private static func initialiser(_ table: induct_parameter, _ name: String) throws(TableDefect) -> Initialiser {
        let (a, b) = (table.a, table.b)
        guard a.isFinite, b.isFinite else {
            throw TableDefect("the initialiser of its parameter '\(name)' is not finite")
        }
        switch table.initialiser {
        case INDUCT_INITIALISER_ZEROS: return .zeros
        case INDUCT_INITIALISER_CONSTANT: return .constant(a)
        case INDUCT_INITIALISER_NORMAL where b >= 0: return .normal(mean: a, deviation: b)
        case INDUCT_INITIALISER_UNIFORM where a <= b: return .uniform(low: a, high: b)
        case INDUCT_INITIALISER_TRUNCATED_NORMAL where b >= 0: return .truncatedNormal(mean: a, deviation: b)
        default:
            throw TableDefect(
                "its parameter '\(name)' has the initialiser \(table.initialiser) with \(a) and \(b), which is none")
        }
    }

    /// The points of an extension; none when the plugin does not have it.
    static func points(_ pointer: UnsafeRawPointer?) throws(TableDefect) -> [Point] {
        guard let pointer else { return [] }
        let table = try Negotiation.read(
            pointer.assumingMemoryBound(to: induct_points.self), "induct_points", minimum: 16)
        guard table.count <= most, table.count == 0 || table.points != nil else {
            throw TableDefect("its induct_points has \(table.count) points, or none where it says so")
        }
        var points: [Point] = []
        for i in 0..<Int(table.count) {
            let point = try Negotiation.read(table.points[i], "induct_point", minimum: 24)
            guard let name = try Negotiation.line(point.name, "point's name", limit: INDUCT_MAX_STRING), !name.isEmpty
            else { throw TableDefect("its point's name is missing") }
            guard (1...Int32(INDUCT_MAX_RANK)).contains(point.rank), let sizes = point.shape else {
                throw TableDefect("its point '\(name)' has rank \(point.rank); ranks are 1 to \(INDUCT_MAX_RANK)")
            }
            var shape: [Dimension] = []
            for axis in 0..<Int(point.rank) {
                guard sizes[axis] >= symbolLength, sizes[axis] <= Int64(mostElements) else {
                    throw TableDefect("its point '\(name)' has the dimension \(sizes[axis])")
                }
                shape.append(Dimension(code: sizes[axis]))
            }
            guard !points.contains(where: { $0.name == name }) else {
                throw TableDefect("it has two points named '\(name)'")
            }
            points.append(Point(name: name, shape: shape))
        }
        return points
    }
}

extension Dimension {
    /// From a shape of schema.h whose entries were checked.
    init(code: Int64) {
        self = code == symbolBatch ? .batch : code == symbolLength ? .length : .constant(Int(code))
    }
}
