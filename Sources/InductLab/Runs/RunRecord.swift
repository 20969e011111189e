// SPDX-License-Identifier: Apache-2.0

import CProcessor
internal import Glibc
package import InductCore

/// The file run.json: what was run, with what, when.
package struct RunRecord: Sendable {
    static let format = 1

    /// With every parameter, defaults included; of a run from before defaults were kept, as it was written.
    package var recipe: Recipe
    /// As it was asked for.
    package var written: Recipe
    /// Whether `recipe` has the defaults.
    package var isResolved = true
    package var kernels: String
    package var plugins: [PluginIdentity]
    /// The ids of the plugins that ran in processes of their own, last time.
    package var isolated: [String] = []
    package var hostVersion: String
    package var processor: String
    /// Universal time, ISO 8601.
    package var started: String
    package var ended: String?
    package var status: Status
    /// Steps done when it was written.
    package var step: Int
    /// The file that the parameters came from at the start, and its SHA-256; nil = they were drawn from the seed.
    package var origin: (path: String, sha256: String)?

    package enum Status: String, CaseIterable, Sendable {
        case running
        case finished
        case interrupted
        case failed
    }

    init(_ recipe: Recipe, written: Recipe, kernels: String, plugins: [PluginIdentity], hostVersion: String) {
        self.recipe = recipe
        self.written = written
        self.kernels = kernels
        self.plugins = plugins
        self.hostVersion = hostVersion
        processor = Self.processorName()
        started = Self.now()
        status = .running
        step = 0
    }

    package var json: JSON {
        let record: JSON = [
            "format": .integer(Int64(Self.format)), "status": .string(status.rawValue), "step": .integer(Int64(step)),
            "recipe": recipe.json, "written": written.json, "seeds": Self.seeds(recipe),
            "shards": .integer(Int64(recipe.training.shardCount)),
            "kernels": .string(kernels),
            "plugins": .array(
                plugins.map { ["id": .string($0.id), "version": .string($0.version), "sha256": .string($0.sha256)] }),
            "host": .string(hostVersion), "processor": .string(processor), "started": .string(started),
            "ended": .optional(ended),
        ]
        var members = record.members ?? []
        if !isolated.isEmpty {
            members.append(.init(key: "isolated", value: .array(isolated.map { .string($0) })))
        }
        if let origin {
            let source: JSON = ["path": .string(origin.path), "sha256": .string(origin.sha256)]
            members.append(.init(key: "initialised_from", value: source))
        }
        return .object(members)
    }

    /// What follows from the recipe's seed.
    static func seeds(_ recipe: Recipe) -> JSON {
        [
            "run": seed(recipe.seed), "initialisation": seed(Seed.derive(recipe.seed, Seed.initialisationSalt)),
            "dropout": seed(Seed.derive(recipe.seed, Seed.dropoutSalt)),
            "data": seed(Seed.derive(recipe.seed, Seed.dataSalt)),
        ]
    }

    /// As a string: seeds have 64 bits, more than JSON's readers promise to keep.
    private static func seed(_ value: UInt64) -> JSON { .string(String(value)) }

    func write(to path: String) throws(LabError) {
        try FileSystem.replace(path, with: Array((json.indented + "\n").utf8))
    }

    package static func processorName() -> String {
        var name = [CChar](repeating: 0, count: 64)
        processor_name(&name, name.count)
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Universal time, "2026-01-31T12:00:00Z".
    static func now() -> String {
        var seconds = time(nil)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func digits(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(parts.tm_year + 1900)-\(digits(parts.tm_mon + 1))-\(digits(parts.tm_mday))"
            + "T\(digits(parts.tm_hour)):\(digits(parts.tm_min)):\(digits(parts.tm_sec))Z"
    }
}
