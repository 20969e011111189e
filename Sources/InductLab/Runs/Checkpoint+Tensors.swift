// SPDX-License-Identifier: Apache-2.0

import InductCore

extension ParameterArena {
    /// The parameters as tensors of a file, in the model's order, names after `prefix`.
    func entries(prefix: String = "") -> [SafeTensors.Entry] {
        layout.parameters.enumerated().map { index, parameter in
            SafeTensors.Entry(
                name: prefix + parameter.name, type: .float32, shape: parameter.shape,
                bytes: UnsafeRawBufferPointer(self[index]))
        }
    }

    /// Takes all parameters from a file.
    ///
    /// - Throws: `LabError.damaged` when a tensor is missing or has another shape: the file is that of another model.
    func load(_ file: SafeTensorsFile, prefix: String = "") throws(LabError) {
        for (index, parameter) in layout.parameters.enumerated() {
            let name = prefix + parameter.name
            guard let entry = file.entry(name), entry.type == .float32, entry.shape == parameter.shape else {
                throw .damaged(path: file.path, reason: "it holds no tensor '\(name)' of shape \(parameter.shape)")
            }
            let target = UnsafeMutableRawBufferPointer(self[index])
            file.withBytes(of: entry) { target.copyMemory(from: $0) }
        }
    }
}

extension Optimizer {
    private static let first = "first_moment."
    private static let second = "second_moment."

    var entries: [SafeTensors.Entry] {
        (firstMoment?.entries(prefix: Self.first) ?? []) + (secondMoment?.entries(prefix: Self.second) ?? [])
    }

    func load(_ file: SafeTensorsFile) throws(LabError) {
        try firstMoment?.load(file, prefix: Self.first)
        try secondMoment?.load(file, prefix: Self.second)
    }
}
