// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductHost
import Logging

/// A host that sees the default plugins beside the tests, and nothing else.
enum TestHost {
    /// Where `swift build` puts `induct` and the libraries.
    static var buildDirectory: String {
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (path as NSString).deletingLastPathComponent
    }

    static func make(kernels: String? = "reference", isolation: Isolation = .none) throws -> PluginHost {
        var options = HostOptions(
            executableDirectory: buildDirectory, kernels: kernels, describer: buildDirectory + "/induct",
            cacheDirectory: buildDirectory + "/model-tests-cache",
            log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        options.isolation = isolation
        if let kernels { options.workerArguments = ["--kernels", kernels] }
        return try PluginHost(options)
    }

    /// What a next-token model of `length` positions sees.
    static func tokens(vocabulary: Int, length: Int) -> Schema {
        Schema(
            task: .nextToken, loss: .crossEntropy,
            tensors: [
                TensorSchema(name: "tokens", type: .int32, role: .input, shape: [.batch, .length], limit: vocabulary)
            ],
            classes: vocabulary, positions: .length
        )
        .bound(length: length)
    }

    /// What a model of a regression sees: a context of pairs and a query; every value, or the query's, is predicted.
    static func regression(items: Int, size: Int, predictsAll: Bool) -> Schema {
        let positions = Dimension.constant(predictsAll ? items : 1)
        return Schema(
            task: .regression, loss: .squaredError,
            tensors: [
                TensorSchema(
                    name: "inputs", type: .float32, role: .input, shape: [.batch, .constant(items), .constant(size)]),
                TensorSchema(name: "values", type: .float32, role: .input, shape: [.batch, .constant(items - 1)]),
                TensorSchema(
                    name: "targets", type: .float32, role: .target, shape: [.batch, positions, .constant(1)]),
            ],
            classes: 0, outputs: 1, positions: positions)
    }

    /// What a model of labelled examples sees: a context of pairs and a query; with `keys` also a key of so many values.
    static func examples(items: Int, size: Int, classes: Int, keys: Int? = nil) -> Schema {
        let key = keys.map { TensorSchema(name: "key", type: .int32, role: .key, shape: [.batch], limit: $0) }
        return Schema(
            task: .classification, loss: .crossEntropy,
            tensors: [
                TensorSchema(
                    name: "inputs", type: .float32, role: .input, shape: [.batch, .constant(items), .constant(size)]),
                TensorSchema(
                    name: "labels", type: .int32, role: .input, shape: [.batch, .constant(items - 1)], limit: classes),
                TensorSchema(
                    name: "targets", type: .int32, role: .target, shape: [.batch, .constant(1)], limit: classes),
            ] + [key].compactMap { $0 },
            classes: classes, positions: .constant(1))
    }
}
