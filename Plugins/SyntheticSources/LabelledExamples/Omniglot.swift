// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Labelled examples whose inputs are handwritten characters, from the user's copy of Omniglot.
///
/// Classes, contexts, labels and views are those of `gaussian-classes`; an input is a drawing of its class, ink 1 and paper
/// 0, with sigma z added to every pixel. Which characters are frequent, rare or held out is drawn from the seed. With
/// `rotations` = 4 a character turned by a quarter is a class of its own. `test_exemplars` drawings of every class, the last
/// by name, are shown by no training sequence, and no others in the evaluation views.
///
/// Sources: Lake, Salakhutdinov, Tenenbaum, "Human-level concept learning through probabilistic program induction", Science
/// 350, 2015; rotations as new classes: Santoro et al., "Meta-learning with memory-augmented neural networks", ICML 2016.
struct Omniglot: Source {
    static let name = "omniglot"
    static let summary = "labelled examples whose inputs are handwritten characters, from the user's copy of Omniglot"
    static let examples = [
        "omniglot(path=\"omniglot\", frequent=20, rare=1603)",
        "omniglot(path=\"omniglot\", size=28, rotations=4, test_exemplars=5, sigma=0.1, sequences=10000)",
    ]
    static let parameters: [Parameter] =
        [
            .string(
                "path", "folder with images_background and images_evaluation, as folders or .zip; or one of them"),
            .string("part", default: "both", values: GlyphCharacters.Part.allCases.map(\.rawValue), "which of the two"),
            .integer("size", default: 105, in: 1...1024, "pixels of a side, to which drawings are brought"),
            .integer("rotations", default: 1, in: 1...4, "quarter turns of a character that are classes of their own"),
            .integer(
                "test_exemplars", default: 0, in: 0...65_536,
                "drawings of every class that only evaluation shows; 0: all views show all"),
            .number("sigma", default: 0, in: 0...1e6, "standard deviation of the noise added to every pixel"),
        ] + ExampleSettings.parameters(frequent: 20, rare: 1603, contexts: 2, heldOut: 0)

    let schema: Schema
    private let settings: ExampleSettings
    private let glyphs: GlyphCharacters
    private let rotations: Int
    private let testExemplars: Int
    private let deviation: Float
    private let normals: NormalDraws
    private let tasks = SeedCache<GlyphTask>(capacity: 64)

    /// The draws of drawings.
    private static let exemplarDraw: UInt32 = 5

    init(_ creation: Creation) throws {
        let configuration = creation.configuration
        settings = try ExampleSettings(configuration, for: Self.name)
        rotations = try configuration.integer("rotations")
        testExemplars = try configuration.integer("test_exemplars")
        deviation = Float(try configuration.number("sigma"))
        normals = NormalDraws(creation.host)
        let path = try configuration.string("path")
        guard let part = GlyphCharacters.Part(rawValue: try configuration.string("part")) else {
            throw InductError.invalid("omniglot: part is none of background, evaluation and both")
        }
        glyphs = try GlyphCharacters(path: path, part: part, size: try configuration.integer("size"))
        let known = settings.classes + settings.heldOut
        guard glyphs.characters.count * rotations >= known else {
            throw InductError.invalid(
                "omniglot: '\(path)' has \(glyphs.characters.count) characters, with rotations=\(rotations) "
                    + "\(glyphs.characters.count * rotations) classes, and \(known) are asked for (frequent, rare and held_out)"
                    + "; choose fewer")
        }
        let fewest = testExemplars + 1
        if let poor = glyphs.characters.first(where: { $0.drawings.count < fewest }) {
            throw InductError.invalid(
                "omniglot: '\(poor.name)' has \(poor.drawings.count) drawings, and with test_exemplars=\(testExemplars) none is "
                    + "left for training; choose at most \(poor.drawings.count - 1)")
        }
        schema = settings.schema(input: [glyphs.size, glyphs.size])
    }

    var views: [View] { settings.views }

    /// A class's centre is the mean of its drawings, and its noise that of the pixels with what drawings differ by, as much
    /// as they do in any class.
    var labelledExamples: LabelledExamplesLaw? {
        let noise = Double(deviation) * Double(deviation) + glyphs.spread.variance
        return settings.law(
            inputNoise: noise.squareRoot(), dimension: glyphs.size * glyphs.size, squaredNorm: glyphs.spread.squaredNorm
        )
    }

    func fill(_ request: FillRequest) throws { try RoundingMode.nearest { try write(request) } }

    private func write(_ request: FillRequest) throws {
        let outputs = try ExampleTensors(request)
        let task = tasks.value(request.seed) {
            GlyphTask(
                seed: request.seed, classes: glyphs.characters.count * rotations,
                fixedQueries: settings.fixedQueries(seed: request.seed))
        }
        let floats = settings.items * glyphs.size * glyphs.size
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: settings.factCount) { room in
            guard let room = room.baseAddress else { return }
            let facts = ExampleDraw.Facts(slots: settings.items - 1, start: room)
            for sample in 0..<request.count {
                let index = request.first + UInt64(sample)
                let query = request.view == 0 ? task.fixedQueries?.label(at: index) : nil
                settings.draw.draw(view: request.view, seed: request.seed, index: index, query: query, into: facts)
                outputs.write(facts, settings.draw.rule.law, sample)
                if let inputs = outputs.inputs {
                    write(task, facts, request.view, request.seed, index, into: inputs + sample * floats)
                }
            }
        }
    }

    /// The inputs of one sample, `[items, size, size]`.
    private func write(
        _ task: GlyphTask, _ facts: ExampleDraw.Facts, _ view: Int, _ seed: UInt64, _ index: UInt64,
        into inputs: UnsafeMutablePointer<Float>
    ) {
        let pixels = glyphs.size * glyphs.size
        if deviation > 0 {
            normals.write(
                seed: seed, purpose: DrawPurpose(view: view, kind: ExampleInputs.noiseDraw), index: index,
                count: settings.items * pixels, into: inputs)
        }
        var stream = RandomStream(
            seed: seed, purpose: DrawPurpose(view: view, kind: Self.exemplarDraw), index: index)
        for item in 0..<settings.items {
            let kind = task.order[Int(facts.classes[item])]
            let drawings = glyphs.characters[kind / rotations].drawings
            let trained = drawings.count - testExemplars
            let drawing: Int
            if testExemplars > 0, view > 0 {
                drawing = trained + randomIndex(stream.next(), below: testExemplars)
            } else {
                drawing = randomIndex(stream.next(), below: trained)
            }
            draw(drawings[drawing].ink, turns: kind % rotations, into: inputs + item * pixels)
        }
    }

    /// x = ink of the drawing, turned by so many quarters to the left, + sigma x.
    private func draw(_ ink: [UInt8], turns: Int, into row: UnsafeMutablePointer<Float>) {
        let size = glyphs.size
        for i in 0..<size {
            for j in 0..<size {
                let (from, across) =
                    switch turns {
                    case 0: (i, j)
                    case 1: (j, size - 1 - i)
                    case 2: (size - 1 - i, size - 1 - j)
                    default: (size - 1 - j, i)
                    }
                let value = Float(ink[from * size + across]) / 255
                let place = i * size + j
                row[place] = deviation > 0 ? value + deviation * row[place] : value
            }
        }
    }
}

/// What belongs to a seed of `omniglot`.
final class GlyphTask: Sendable {
    /// Which character and turn each class is, frequent ones first, then rare, then held-out ones.
    let order: [Int]
    /// nil: the training view is endless.
    let fixedQueries: FixedQueries?

    /// The draws of the order, which belong to the task.
    private static let draw: UInt32 = 6

    init(seed: UInt64, classes: Int, fixedQueries: FixedQueries?) {
        var order = Array(0..<classes)
        var stream = RandomStream(seed: seed, purpose: .task(kind: Self.draw), index: 0)
        for place in 0..<classes {
            order.swapAt(place, place + randomIndex(stream.next(), below: classes - place))
        }
        self.order = order
        self.fixedQueries = fixedQueries
    }
}
