// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

/// `gaussian-classes`: what its views show, and what its training set holds.
@Suite struct GaussianClassesTests {
    static let conditions = ["default", "relevant", "irrelevant"].flatMap { context in
        ["all", "frequent", "rare"].flatMap { group in ["ibd", "oobd"].map { "\(context)-\(group)-\($0)" } }
    }

    @Test func viewsHaveTheirNamesAndOrder() throws {
        let finite = try Sources().open("gaussian-classes(sequences=64)")
        #expect(finite.views.map(\.name) == ["train", "test"] + Self.conditions + ["held-out"])
        #expect(finite.views.map(\.count) == [64] + [UInt64?](repeating: nil, count: 20))
        let endless = try Sources().open("gaussian-classes(held_out=0)")
        #expect(endless.views.map(\.name) == ["train", "test"] + Self.conditions)
        #expect(endless.views.allSatisfy { $0.count == nil })
    }

    @Test func schemaIsThatOfLabelledExamples() throws {
        let schema = try Sources().open("gaussian-classes(contexts=3, dimension=8, frequent=4, rare=2)").schema
        #expect(schema.task == .classification && schema.classes == 6 && schema.positions == .constant(1))
        #expect(
            schema.tensors.map(\.name) == [
                "inputs", "labels", "targets", "key", "group", "relevance", "class", "context_classes",
            ])
        #expect(schema.tensors[0].shape == [.batch, .constant(4), .constant(8)])
        #expect(schema.tensors[1].shape == [.batch, .constant(3)] && schema.tensors[1].limit == 6)
        #expect(schema.tensors.filter { $0.role == .input }.map(\.name) == ["inputs", "labels"])
    }

    static let kernelSpecs = ["gaussian-classes", "gaussian-classes(contexts=5, dimension=13, sequences=40)"]

    @Test(arguments: kernelSpecs)
    func samplesAreBitEqualUnderAllKernels(_ spec: String) throws {
        let best = try Examples(try Sources().open(spec), count: 40)
        let reference = try Examples(try Sources(kernels: "reference").open(spec), count: 40)
        #expect(best.bits == reference.bits && best.labels == reference.labels)
    }

    @Test func centresAreUnitVectorsSharedByAllViews() throws {
        let source = try Sources().open("gaussian-classes(sigma=0, dimension=16)")
        var centres: [Int: [UInt32]] = [:]
        for view in source.views.map(\.name) {
            let examples = try Examples(source, view: view, count: 50)
            for (inputs, label) in zip(examples.inputs, examples.queryClass) {
                let bits = inputs[1].map(\.bitPattern)
                #expect(centres[label] ?? bits == bits)
                centres[label] = bits
                #expect(abs(inputs[1].reduce(0.0) { $0 + Double($1) * Double($1) } - 1) < 1e-6)
            }
        }
        #expect(centres.count == 20 && Set(centres.values).count == 20)
        let other = try Examples(source, seed: 8, count: 1)
        #expect(!centres.values.contains(other.inputs[0][1].map(\.bitPattern)))
    }

    @Test func noiseHasTheStatedDeviation() throws {
        let clean = try Examples(try Sources().open("gaussian-classes(sigma=0)"), count: 2000)
        let noisy = try Examples(try Sources().open("gaussian-classes(sigma=0.4)"), count: 2000)
        var (sum, square) = (0.0, 0.0)
        for (a, b) in zip(clean.inputs.joined().joined(), noisy.inputs.joined().joined()) {
            sum += Double(b - a)
            square += Double(b - a) * Double(b - a)
        }
        let count = 2000.0 * 2 * 64
        #expect(abs(sum / count) < 5 * 0.4 / count.squareRoot())
        #expect(abs(square / count / 0.16 - 1) < 5 * (2 / count).squareRoot())
    }

    /// Of a class, its input's nearest centre.
    static func nearest(_ input: [Float], _ centres: [Int: [Float]]) -> Int? {
        centres.min { distance(input, $0.value) < distance(input, $1.value) }?.key
    }

    private static func distance(_ a: [Float], _ b: [Float]) -> Float {
        zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }

    static func centres(_ sources: Sources) throws -> [Int: [Float]] {
        let examples = try Examples(try sources.open("gaussian-classes(sigma=0, p_high=0.5)"), count: 400)
        return Dictionary(zip(examples.queryClass, examples.inputs.map { $0[1] })) { first, _ in first }
    }

    @Test(arguments: [
        "gaussian-classes(contexts=4, sigma=0.05)", "gaussian-classes(contexts=4, sigma=0.05, relevant_contexts=3)",
    ])
    func viewsShowWhatTheirNamesSay(_ spec: String) throws {
        let sources = try Sources()
        let source = try sources.open(spec)
        let centres = try Self.centres(sources)
        for view in Self.conditions {
            let examples = try Examples(source, view: view, count: 200)
            let parts = view.split(separator: "-")
            for sample in 0..<200 {
                // Without noise a label is a function of the class, so that labels and inputs tell the same.
                let shown = try examples.inputs[sample].map { try #require(Self.nearest($0, centres)) }
                let label = examples.queryClass[sample]
                #expect(shown[4] == label && examples.key[sample] == label)
                let matches = shown.prefix(4).filter { $0 == label }.count
                #expect((matches > 0) == (examples.relevance[sample] == 1))
                if spec.contains("=3") { #expect(matches == 3 || matches == 0) }
                if parts[0] != "default" { #expect((matches > 0) == (parts[0] == "relevant")) }
                #expect(examples.group[sample] == (label < 5 ? 0 : 1))
                if parts[1] != "all" { #expect(examples.group[sample] == (parts[1] == "frequent" ? 0 : 1)) }
                let expected = parts[2] == "ibd" ? shown : shown.map { $0 / 5 * 5 + ($0 + 1) % 5 }
                #expect(examples.labels[sample] + [examples.targets[sample]] == expected)
            }
        }
    }

    /// The public code of the paper shifts the labels it has stored, so that they drift.
    @Test func shiftedLabelsLeaveTheStoredDataUntouched() throws {
        let source = try Sources().open("gaussian-classes(sequences=64, label_noise=0.2)")
        let (train, shifted) = (
            try Examples(source, count: 64), try Examples(source, view: "default-all-oobd", count: 64)
        )
        for _ in 0..<3 {
            let again = try Examples(source, view: "default-all-oobd", count: 64)
            #expect(again.labels == shifted.labels && again.targets == shifted.targets && again.bits == shifted.bits)
        }
        let after = try Examples(source, count: 64)
        #expect(after.labels == train.labels && after.targets == train.targets && after.bits == train.bits)
    }

    @Test(arguments: ["gaussian-classes(sequences=64)", "gaussian-classes(sequences=64, contexts=3, label_noise=0.1)"])
    func noTrainingSequenceAppearsInAnEvaluationView(_ spec: String) throws {
        let source = try Sources().open(spec)
        // No input of training appears, in whatever place.
        let train = Set(try Examples(source, count: 64).bits.joined())
        #expect(train.count == 64 * (spec.contains("contexts") ? 4 : 2))
        var seen = train
        for view in source.views.map(\.name).dropFirst() {
            let inputs = Array(try Examples(source, view: view, count: 300).bits.joined())
            #expect(seen.isDisjoint(with: inputs), "\(view)")
            seen.formUnion(inputs)
        }
    }

    @Test(arguments: [10, 11, 64, 1024])
    func everyClassIsAQueryOfTheTrainingSet(_ sequences: Int) throws {
        let source = try Sources().open("gaussian-classes(p_high=0.999, sequences=\(sequences))")
        let classes = try Examples(source, count: sequences).queryClass
        #expect(Set(classes) == Set(0..<10))
        // The rest follows the law, and places are random.
        let often = classes.filter { $0 < 5 }.count
        #expect(abs(Double(often) - 5 - 0.999 * Double(sequences - 10)) <= 5)
        #expect(classes != classes.sorted() && classes.reversed() != classes.sorted())
    }

    /// More seeds than an instance keeps the centres of.
    @Test func trainingSetIsTheSameWhateverWasAskedForBefore() throws {
        let source = try Sources().open("gaussian-classes(sequences=40, dimension=4, label_noise=0.3)")
        for seed in 0..<70 { _ = try Examples(source, seed: UInt64(seed + 1000), count: 1) }
        let fresh = try Sources().open("gaussian-classes(sequences=40, dimension=4, label_noise=0.3)")
        let (late, early) = (try Examples(source, count: 40), try Examples(fresh, count: 40))
        #expect(late.bits == early.bits && late.labels == early.labels && late.targets == early.targets)
        #expect(late.relevance == early.relevance)
        let part = try Examples(fresh, first: 17, count: 5)
        #expect(part.bits == Array(early.bits[17..<22]))
    }

    @Test func trainingSetLargerThanMemoryIsServed() throws {
        let source = try Sources().open("gaussian-classes(sequences=1099511627776)")
        let last = try Examples(source, first: (1 << 40) - 3, count: 3)
        #expect(last.inputs.joined().joined().allSatisfy { $0.isFinite })
        #expect(try Examples(source, first: (1 << 40) - 1, count: 1).bits == Array(last.bits.suffix(1)))
    }

    @Test func heldOutClassesAreNewAndTheirLabelsAgreeInASequence() throws {
        let sources = try Sources()
        let source = try sources.open("gaussian-classes(contexts=6, held_out=4)")
        let clean = try Examples(
            try sources.open("gaussian-classes(contexts=6, held_out=4, sigma=0)"), view: "held-out", count: 300)
        let examples = try Examples(source, view: "held-out", count: 300)
        let known = Set(try Self.centres(sources).values)
        var counts = [Int](repeating: 0, count: 10)
        for sample in 0..<300 {
            #expect((10..<14).contains(examples.queryClass[sample]) && examples.group[sample] == 2)
            #expect(examples.relevance[sample] == 1)
            var labels: [[Float]: Int] = [:]
            for (input, label) in zip(clean.inputs[sample], examples.labels[sample] + [examples.targets[sample]]) {
                #expect(!known.contains(input) && labels[input] ?? label == label)
                labels[input] = label
            }
            #expect(Set(labels.values).count == labels.count)
            #expect(clean.inputs[sample].dropLast().contains(clean.inputs[sample][6]))
            counts[examples.targets[sample]] += 1
        }
        #expect(counts.allSatisfy { abs(Double($0) - 30) < 5 * 30.0.squareRoot() })
    }

    static let laws = [
        ExampleLaw(slots: 1), ExampleLaw(slots: 3),
        ExampleLaw(frequent: 1, rare: 3, high: 0.4, slots: 2, relevance: 0.3),
        ExampleLaw(high: 0.9, slots: 3, matches: 1), ExampleLaw(slots: 3, matches: 2), ExampleLaw(slots: 2, matches: 2),
        ExampleLaw(zipf: 1, slots: 3, relevance: 0.6), ExampleLaw(slots: 4, relevance: 0.5, burstiness: 0.7),
        ExampleLaw(frequent: 1, rare: 2, slots: 5, burstiness: 1),
        ExampleLaw(frequent: 1, rare: 2, slots: 5, relevance: 0.4, matches: 2, burstiness: 0.6),
    ]

    @Test(arguments: laws)
    func classesFollowTheirLaw(_ law: ExampleLaw) throws {
        let source = try Sources().open(law.spec)
        let examples = try Examples(source, count: 40_000)
        let joint = law.joint
        #expect(abs(joint.values.reduce(0, +) - 1) < 1e-12)
        let words = zip(examples.labels, examples.targets).map { $0 + [$1] }
        let (statistic, freedom, impossible) = Words.chiSquare(words, law: joint.filter { $0.value > 1e-4 })
        let rare = joint.filter { $0.value <= 1e-4 }
        #expect(impossible <= words.filter { rare[$0].map { $0 > 0 } ?? false }.count)
        #expect(statistic < Double(freedom) + 5 * (2 * Double(freedom)).squareRoot() + 10)
        let relevant = Double(examples.relevance.reduce(0, +)) / 40_000
        #expect(abs(relevant - law.relevance) < 5 * (law.relevance * (1 - law.relevance) / 40_000).squareRoot() + 1e-9)
    }

    @Test func labelNoiseFlipsEveryLabelByItself() throws {
        let sources = try Sources()
        let source = try sources.open("gaussian-classes(contexts=3, label_noise=0.1, sigma=0.05)")
        let centres = try Self.centres(sources)
        var (flips, pairs) = ([Double](repeating: 0, count: 4), 0.0)
        for view in ["train", "irrelevant-rare-oobd"] {
            let examples = try Examples(source, view: view, count: 4000)
            for sample in 0..<4000 {
                let labels = examples.labels[sample] + [examples.targets[sample]]
                var isFlipped: [Bool] = []
                for (input, label) in zip(examples.inputs[sample], labels) {
                    var clean = try #require(Self.nearest(input, centres))
                    if view.hasSuffix("oobd") { clean = clean / 5 * 5 + (clean + 1) % 5 }
                    #expect(label == clean || label == (clean + 1) % 10)
                    isFlipped.append(label != clean)
                }
                for slot in 0..<4 where isFlipped[slot] { flips[slot] += 1 }
                if isFlipped[0] && isFlipped[3] { pairs += 1 }
            }
        }
        #expect(flips.allSatisfy { abs($0 - 800) < 5 * 720.0.squareRoot() })
        #expect(abs(pairs - 80) < 5 * 80.0.squareRoot())
    }
}

extension ExampleLaw: CustomTestStringConvertible {
    var testDescription: String { spec }
}
