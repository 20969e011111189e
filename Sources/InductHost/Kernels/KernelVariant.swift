// SPDX-License-Identifier: Apache-2.0

import CProcessor

/// One compilation of the kernels, the library that holds it, and the processors that run it.
struct KernelVariant: Equatable, Sendable {
    let name: String
    let library: String
    /// The x86-64 level it needs; 0 = none.
    let level: Int

    #if arch(x86_64)
        /// All there are, best first; the last two run everywhere.
        static let all = [
            KernelVariant(name: "x86-64-v4", library: "libInductKernelsV4.so", level: 4),
            KernelVariant(name: "x86-64-v3", library: "libInductKernelsV3.so", level: 3),
            KernelVariant(name: "x86-64-v2", library: "libInductKernels.so", level: 2),
            KernelVariant(name: "reference", library: "libInductKernels.so", level: 0),
        ]
    #else
        static let all = [
            KernelVariant(name: "arm64", library: "libInductKernels.so", level: 0),
            KernelVariant(name: "reference", library: "libInductKernels.so", level: 0),
        ]
    #endif

    /// The x86-64 level of this processor under this operating system; 0 on other processors.
    static var processorLevel: Int { Int(processor_x86_64_level()) }

    var runsHere: Bool { level <= Self.processorLevel }

    /// The best one, or the one that the user names.
    ///
    /// - Throws: `HostError.wrongKernels` for an unknown name, or one that this processor cannot run.
    static func chosen(_ name: String?) throws(HostError) -> KernelVariant {
        let running = all.filter(\.runsHere)
        guard let name else {
            guard let best = running.first else { preconditionFailure("the reference kernels run everywhere") }
            return best
        }
        guard let variant = all.first(where: { $0.name == name }) else {
            throw .wrongKernels("there are no kernels '\(name)'; choose one of \(list(running))")
        }
        guard variant.runsHere else {
            throw .wrongKernels("this processor cannot run the kernels '\(name)'; choose one of \(list(running))")
        }
        return variant
    }

    private static func list(_ variants: [KernelVariant]) -> String {
        variants.map(\.name).joined(separator: ", ")
    }
}
