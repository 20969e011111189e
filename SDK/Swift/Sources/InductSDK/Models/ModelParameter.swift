// SPDX-License-Identifier: Apache-2.0

import CInduct

/// How the host fills a parameter at the start.
public enum Initialiser: Sendable, Equatable {
    /// 0 everywhere.
    case zeros
    /// One value everywhere.
    case constant(Double)
    /// Independent normals.
    case normal(mean: Double, deviation: Double)
    /// Independent uniforms in `[low, high)`.
    case uniform(low: Double, high: Double)
    /// Normals between two deviations from the mean; `deviation` is that before truncation.
    case truncatedNormal(mean: Double, deviation: Double)
}

/// One float32 parameter of an architecture or gate; the host owns its values.
public struct ModelParameter: Sendable, Equatable {
    /// Unique, dots between levels: "blocks.0.attention.output.weight".
    public var name: String
    /// Constants.
    public var shape: [Int]
    /// What it holds before training.
    public var initialiser: Initialiser
    /// Not trained by the optimiser.
    public var isFrozen: Bool
    /// False: weight decay leaves it alone, as is usual for biases and gains.
    public var isDecayed: Bool
    /// State of an online rule: frozen, and written by `observe`.
    public var isOnline: Bool

    /// Describes a parameter.
    public init(
        _ name: String, _ shape: [Int], _ initialiser: Initialiser, isFrozen: Bool = false, isDecayed: Bool = true,
        isOnline: Bool = false
    ) {
        self.name = name
        self.shape = shape
        self.initialiser = initialiser
        self.isFrozen = isFrozen
        self.isDecayed = isDecayed
        self.isOnline = isOnline
    }

    /// Number of elements.
    public var count: Int { shape.reduce(1, *) }
}

extension ModelParameter {
    /// The ABI's description in `memory`.
    func record(in memory: CMemory) -> induct_parameter {
        var flags: UInt32 = 0
        if isFrozen { flags |= INDUCT_PARAMETER_FROZEN }
        if !isDecayed { flags |= INDUCT_PARAMETER_NOT_DECAYED }
        if isOnline { flags |= INDUCT_PARAMETER_ONLINE | INDUCT_PARAMETER_FROZEN }
        let (kind, a, b) = initialiser.code
        return induct_parameter(
            struct_size: structSize(induct_parameter.self), flags: flags, name: memory.store(text: name),
            shape: UnsafePointer(memory.store(array: shape.map { Int64($0) })), rank: Int32(shape.count),
            initialiser: kind, a: a, b: b)
    }
}

extension Initialiser {
    fileprivate var code: (kind: UInt32, a: Double, b: Double) {
        switch self {
        case .zeros: (INDUCT_INITIALISER_ZEROS, 0, 0)
        case .constant(let value): (INDUCT_INITIALISER_CONSTANT, value, 0)
        case .normal(let mean, let deviation): (INDUCT_INITIALISER_NORMAL, mean, deviation)
        case .uniform(let low, let high): (INDUCT_INITIALISER_UNIFORM, low, high)
        case .truncatedNormal(let mean, let deviation): (INDUCT_INITIALISER_TRUNCATED_NORMAL, mean, deviation)
        }
    }
}
