// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

/// Runs with plugins that say what is not so, or go where they should not: the run is the user's, and nothing of it is lost.
@Suite struct WaywardRunTests {
    private static let recipe = [
        "--source", "coin", "--length", "4", "--batch", "8", "--steps", "12", "--learning-rate", "0.01", "--seed", "1",
        "--set", "checkpoints={every: 4}", "--set", "evaluate=[]", "--threads", "1", "--no-figures",
    ]

    @Test(arguments: [[], ["--isolate"]])
    func whoeverCancelsByItselfHasFailed(_ isolation: [String]) throws {
        let workshop = try Workshop()
        try workshop.compile("wild.c", to: "plugins/libwild.so")
        let run = workshop.directory + "/run"
        // Two shards a step: the fourteenth forward pass is in the seventh step.
        let outcome = try workshop.induct(
            ["run", "--architecture", "wild(how=\"cancelled\", after=13)", "--output", run] + Self.recipe + isolation)
        #expect(outcome.code == 69, "\(outcome.messages)")
        #expect(outcome.messages.contains("org.example.wild/wild failed in forward: it gave status CANCELLED"))
        #expect(outcome.messages.contains("nobody had asked it to stop"))
        #expect(outcome.messages.contains("a checkpoint of step 6 is saved"))
        let record = try JSON(parsing: String(contentsOfFile: run + "/run.json", encoding: .utf8))
        #expect(record["status"] == "failed")
    }

    @Test func probabilitiesThatAreNoneAreNoModel() throws {
        let workshop = try Workshop()
        try workshop.compile("wild.c", to: "plugins/libwild.so", ["-DOUTPUT=INDUCT_OUTPUT_PROBABILITIES"])
        let outcome = try workshop.induct(
            ["run", "--architecture", "wild", "--output", workshop.directory + "/run"] + Self.recipe)
        #expect(outcome.code == 69, "\(outcome.messages)")
        // Its two outputs are its two parameters, which begin at 0.
        #expect(outcome.messages.contains("it says that it gives probabilities, and those of row 0 sum to 0.0"))
    }

    @Test func anOracleThatDisownsTheSamplesIsNoTheory() throws {
        let workshop = try Workshop()
        try workshop.compile(
            "lying.c", to: "plugins/liblying.so", ["-DLIE_LAW=NAN, NAN", "-DNAN=__builtin_nan(\"\")"])
        let outcome = try workshop.induct(["theory", "lying", "--length", "4"])
        #expect(outcome.code == 69, "\(outcome.messages)")
        #expect(outcome.messages.contains("no law after 0 tokens of sample 0, which the source itself draws"))
    }

    @Test(arguments: ["source", "architecture"])
    func whereAPluginGoesIsNoMatterOfTheRun(_ kind: String) throws {
        let workshop = try Workshop()
        try workshop.compile("wild.c", to: "plugins/libwild.so")
        let sources = kind == "source" ? ["--source", #"wild(how="wander")"#] : []
        let architecture = kind == "source" ? "transformer(layers=1, width=8, heads=1)" : #"wild(how="wander")"#
        // Without the recipe's own source where another is wanted.
        let recipe = kind == "source" ? Array(Self.recipe.dropFirst(2)) : Self.recipe
        let arguments = sources + ["--architecture", architecture, "--output", "run"] + recipe
        let outcome = try workshop.induct(["run"] + arguments, in: workshop.directory)
        #expect(outcome.code == 0, "\(outcome.messages)")
        #expect(outcome.output.hasPrefix("run: 12 steps"))
        let steps = try FileManager.default.contentsOfDirectory(atPath: workshop.directory + "/run/checkpoints")
        #expect(steps.sorted() == ["step-00000004", "step-00000008", "step-00000012"])
        let again = try workshop.induct(
            ["run", "--initialise", "run", "--output", "again"] + arguments.filter { $0 != "--output" && $0 != "run" },
            in: workshop.directory)
        #expect(again.code == 0, "\(again.messages)")
        let evaluation = try workshop.induct(
            ["evaluate", "run", "--evaluate", "position-loss", "--samples", "8"], in: workshop.directory)
        #expect(evaluation.code == 0, "\(evaluation.messages)")
    }
}
