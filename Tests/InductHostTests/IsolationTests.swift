// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductHost
import Testing

/// Parts in processes of their own, call by call.
@Suite struct IsolationTests {
    /// Two classes, bound to a length of 4.
    private static let schema = Schema(
        task: .nextToken, loss: .crossEntropy,
        tensors: [TensorSchema(name: "tokens", type: .int32, role: .input, shape: [.batch, .length], limit: 2)],
        classes: 2, positions: .length
    ).bound(length: 4)

    private static func host(_ workshop: Workshop, _ plugin: String, limit: Double = 60) throws -> PluginHost {
        var options = workshop.options(plugins: [plugin])
        options.isolation = .all
        options.isolationLimit = limit
        options.workerArguments = ["--plugin", plugin, "--kernels", "reference"]
        return try PluginHost(options)
    }

    @Test func samplesOracleAndModelAreTheSame() throws {
        let workshop = try Workshop()
        let path = try workshop.compile("coins.c", to: "libcoins.so")
        let spec = try PluginSpec(parsing: "alternate(biased-coin(p=0.3), biased-coin(p=0.8))")
        let sources = [
            try workshop.host(plugins: [path]).source(spec), try Self.host(workshop, path).source(spec),
            try workshop.host(plugins: [path]).source(PluginSpec(parsing: "biased-coin(p=0.3)")),
            try Self.host(workshop, path).source(PluginSpec(parsing: "biased-coin(p=0.3)")),
        ]
        for (own, other) in [(sources[0], sources[1]), (sources[2], sources[3])] {
            #expect(own.spec == other.spec)
            #expect(own.schema == other.schema)
            #expect(own.views == other.views)
            #expect(own.hmm == other.hmm)
            let batches = try [own, other].map { source in
                let batch = Batch(schema: source.schema, count: 7, length: 9)
                try source.fill(batch, rows: 2..<6, view: 1, seed: 5, first: 11)
                return try #require(batch["tokens"])
            }
            #expect(Array(batches[0].integers) == Array(batches[1].integers))
            #expect((own.oracle == nil) == (other.oracle == nil))
            guard own.oracle != nil else { continue }
            let laws = try [own, other].map { source in
                let batch = Batch(schema: source.schema, count: 7, length: 9, tensors: [batches[0]])
                let results = OracleResults(
                    predictive: Tensor(.float64, [7, 10, 2]), logProbability: Tensor(.float64, [7, 10]))
                try source.oracle?.evaluate(batch, view: 0, seed: 0, into: results)
                return try [#require(results.predictive), #require(results.logProbability)].flatMap { $0.doubles }
            }
            #expect(laws[0] == laws[1])
            #expect(laws[0].contains { $0 != 0 })
        }
    }

    /// Sources of every kind, with all that they state about themselves.
    @Test(arguments: [
        "mess3", "post-quantum", "mixture(coin(p=0.3), even)", "dirichlet-iid(vocabulary=3)",
        "dirichlet-markov(vocabulary=3, order=1, alpha=1)", "repeated-block(vocabulary=4, period=8)", "ginc",
        "trigger-bigram", "in-context-regression(dimension=8, contexts=16, noise=0.5)",
        "gaussian-classes(contexts=4, relevant_contexts=2, label_noise=0.1, sequences=1024)",
        "gaussian-classes(frequent=8, rare=24, zipf=1, contexts=8, burstiness=0.5, held_out=0)",
    ])
    func whatASourceStatesIsTheSame(spec: String) throws {
        let workshop = try Workshop()
        let path = Workshop.buildDirectory + "/libSyntheticSources.so"
        let parsed = try PluginSpec(parsing: spec)
        let (own, other) = (
            try workshop.host(plugins: [path]).source(parsed), try Self.host(workshop, path).source(parsed)
        )
        #expect(own.schema == other.schema && own.views == other.views && own.hmm == other.hmm)
        #expect(own.labelledExamples == other.labelledExamples)
        #expect(own.oracle?.beliefSize == other.oracle?.beliefSize)
        #expect(own.oracle?.componentCount == other.oracle?.componentCount)
        #expect((own.theory == nil) == (other.theory == nil))
        guard let theory = own.theory else { return }
        let (one, two) = (try theory.entropy(length: 5), try #require(try other.theory?.entropy(length: 5)))
        #expect(one.entropy == two.entropy)
        #expect(one.entropyRate == two.entropyRate && one.excessEntropy == two.excessEntropy)
    }

    @Test(arguments: [
        ("segfault", "crashed with SIGSEGV"), ("abort", "crashed with SIGABRT"),
        ("exit", "exit() ended its process, with code 0, before it answered"), ("hang", "did not answer within 1.0 s"),
        ("garbage", "gave an answer that is none"), ("leave", "exit() ended its process, with code 0"),
    ])
    func everyEndOfAWorkerIsAnErrorOfItsCall(how: String, said: String) throws {
        let workshop = try Workshop()
        let path = try workshop.compile("wild.c", to: "libwild.so")
        let spec = try PluginSpec(parsing: "wild(how=\(how))")
        let host = try Self.host(workshop, path, limit: how == "hang" ? 1 : how == "leave" ? 10 : 60)
        let source = try host.source(spec)
        let sampled = #expect(throws: PluginFailure.self) {
            try source.fill(
                Batch(schema: source.schema, count: 2, length: 4), rows: 0..<2, view: 0, seed: 1, first: 0)
        }
        #expect(sampled?.plugin == "org.example.wild/wild")
        #expect(sampled?.call == "fill")
        #expect(sampled?.message.contains(said) == true, "\(String(describing: sampled))")
        #expect(sampled?.message.contains("repeated in a fresh process") == true)

        let architecture = try host.architecture(spec, schema: Self.schema, length: 4)
        let trained = #expect(throws: PluginFailure.self) {
            try Self.forward(architecture, tokens: Tensor(.int32, [1, 4]), bias: Tensor(.float32, [2]))
        }
        #expect(trained?.call == "forward")
        #expect(trained?.message.contains(said) == true, "\(String(describing: trained))")

        let evaluator = try host.evaluator(spec, schema: Self.schema, length: 4)
        let accumulator = try evaluator.begin()
        let losses = Tensor(.float32, [1, 4])
        var batch = EvaluationBatch()
        (batch.count, batch.length, batch.positions, batch.classes) = (1, 4, 4, 2)
        batch.tensors = [nil, nil]
        batch.losses = UnsafePointer(losses.floats.baseAddress)
        let evaluated = #expect(throws: PluginFailure.self) { try accumulator.consume(batch) }
        #expect(evaluated?.call == "consume")
        #expect(evaluated?.message.contains(said) == true, "\(String(describing: evaluated))")
        // The accumulator has gone with its process.
        #expect(throws: PluginFailure.self) { try accumulator.finish() }
    }

    @Test func aStatusOfNoMeaningIsTheSameAcrossProcesses() throws {
        let workshop = try Workshop()
        let path = try workshop.compile("wild.c", to: "libwild.so")
        let failures = try [workshop.host(plugins: [path]), Self.host(workshop, path)].map { host in
            let source = try host.source(PluginSpec(parsing: "wild(how=odd)"))
            let batch = Batch(schema: source.schema, count: 2, length: 4)
            return #expect(throws: PluginFailure.self) {
                try source.fill(batch, rows: 0..<2, view: 0, seed: 1, first: 0)
            }
        }
        #expect(failures[0]?.message == "it gave status -3 and no message")
        #expect(failures[1]?.description == failures[0]?.description)
    }

    /// Whoever waits for the other side stays on its processor, and is free again when it goes on.
    @Test func noThreadIsBoundToAProcessorByACall() throws {
        func allowed() throws -> String? {
            let status = try String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)
            return status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }.map(String.init)
        }
        let workshop = try Workshop()
        let path = try workshop.compile("wild.c", to: "libwild.so")
        let source = try Self.host(workshop, path).source(PluginSpec(parsing: "wild(how=count-processors)"))
        let before = try #require(try allowed())
        let processors = before.dropFirst("Cpus_allowed:".count).compactMap(\.hexDigitValue).map(\.nonzeroBitCount)
        let batch = Batch(schema: source.schema, count: 1, length: 4)
        for first in 0..<20 {
            try source.fill(batch, rows: 0..<1, view: 0, seed: 1, first: UInt64(first))
            #expect(batch.tensors[0]?.integers[0] == (processors.reduce(0, +) > 1 ? 1 : 0))
            #expect(try allowed() == before)
        }
    }

    /// One sample of four tokens through a model with two biases.
    private static func forward(_ architecture: any Architecture, tokens: Tensor, bias: Tensor) throws {
        let outputs = Tensor(.float32, [1, 4, 2])
        var pass = Pass()
        pass.count = 1
        pass.length = 4
        pass.tensors = [tokens.slice, nil]
        pass.parameters = [UnsafePointer(bias.data.assumingMemoryBound(to: Float.self))]
        pass.outputs = outputs.floats.baseAddress
        try architecture.forward(pass)
    }

    @Test(arguments: ["write-parameters", "write-samples"])
    func whatAModelOnlyReadsItCannotWrite(how: String) throws {
        let workshop = try Workshop()
        let path = try workshop.compile("wild.c", to: "libwild.so")
        let architecture = try Self.host(workshop, path)
            .architecture(PluginSpec(parsing: "wild(how=\(how))"), schema: Self.schema, length: 4)
        let (tokens, bias) = (Tensor(.int32, [1, 4], for: .samples), Tensor(.float32, [2], for: .parameters))
        bias.floats[1] = 0.5
        let failure = #expect(throws: PluginFailure.self) {
            try Self.forward(architecture, tokens: tokens, bias: bias)
        }
        #expect(failure?.call == "forward")
        #expect(failure?.message.contains("crashed with SIGSEGV") == true, "\(String(describing: failure))")
        #expect(Array(bias.floats) == [0, 0.5] && Array(tokens.integers) == [0, 0, 0, 0])
    }

    @Test(arguments: ["segfault", "exit", "garbage"])
    func samplesAreDrawnOnceMoreInAFreshProcess(how: String) throws {
        let workshop = try Workshop()
        let path = try workshop.compile("wild.c", to: "libwild.so")
        let marker = workshop.directory + "/marker"
        let well = try Self.host(workshop, path).source(PluginSpec(parsing: "wild"))
        let wild = try Self.host(workshop, path).source(
            PluginSpec(parsing: "wild(how=\(how), after=1, marker=\"\(marker)\")"))
        for first in [UInt64(0), 4, 8] {
            let batches = try [well, wild].map { source in
                let batch = Batch(schema: source.schema, count: 4, length: 16)
                try source.fill(batch, rows: 0..<4, view: 0, seed: 3, first: first)
                return try #require(batch["tokens"])
            }
            #expect(Array(batches[0].integers) == Array(batches[1].integers))
        }
        #expect(FileManager.default.fileExists(atPath: marker))
    }

    @Test func wrongParametersAreErrorsOfTheSpec() throws {
        let workshop = try Workshop()
        let path = try workshop.compile("coins.c", to: "libcoins.so")
        let host = try Self.host(workshop, path)
        #expect(throws: SpecError.self) { try host.source(PluginSpec(parsing: "biased-coin(p=3)")) }
        #expect(throws: SpecError.self) { try host.source(PluginSpec(parsing: "biased-coin(q=0.5)")) }
        #expect(throws: SpecError.self) { try host.source(PluginSpec(parsing: "alternate(biased-coin)")) }
    }

    @Test func aWorkerThatCannotBeStartedIsAFailureOfCreate() throws {
        let workshop = try Workshop()
        let path = try workshop.compile("coins.c", to: "libcoins.so")
        // It is described before the program that would be its worker goes.
        #expect(try workshop.host(plugins: [path]).source(PluginSpec(parsing: "biased-coin(p=0.5)")).views.count == 2)
        var options = workshop.options(plugins: [path])
        options.isolation = .plugins(["org.example.coins"])
        options.describer = workshop.directory + "/missing"
        let failure = #expect(throws: PluginFailure.self) {
            try PluginHost(options).source(PluginSpec(parsing: "biased-coin(p=0.5)"))
        }
        #expect(failure?.message.contains("missing cannot be started") == true, "\(String(describing: failure))")
    }
}
