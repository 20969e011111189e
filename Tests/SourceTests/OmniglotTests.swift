// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductHost
import Testing

/// `omniglot`: folders and archives, classes and turns, drawings kept for evaluation, and files that are broken.
@Suite struct OmniglotTests {
    /// Five background and three evaluation characters with four drawings each, of five pixels a side.
    private static func files(_ change: (GlyphFiles) throws -> Void = { _ in }) throws -> GlyphFiles {
        let files = try GlyphFiles()
        for (set, characters, first) in [("images_background", 5, 0), ("images_evaluation", 3, 5)] {
            for (name, bytes) in GlyphFiles.drawings(
                set: set, characters: characters, drawings: 4, side: 5, first: first)
            {
                try files.write(name, bytes)
            }
        }
        try change(files)
        return files
    }

    private static func spec(_ files: GlyphFiles, _ options: String) -> String {
        "omniglot(path=\"\(files.path)\", \(options))"
    }

    /// The character and the drawing that an input shows, from its first two pixels.
    private static func shown(_ input: [Float]) -> (character: Int, drawing: Int) {
        (Int((input[0] * 255).rounded()) - 10, Int((input[1] * 255).rounded()) - 100)
    }

    @Test func inputsAreDrawingsOfTheirClass() throws {
        let files = try Self.files()
        let source = try Sources().open(Self.spec(files, "frequent=2, rare=6, size=5, contexts=3"))
        #expect(source.schema.tensors[0].shape == [.batch, .constant(4), .constant(5), .constant(5)])
        var characters: [Int: Int] = [:]
        var drawings: Set<Int> = []
        for view in ["train", "relevant-rare-oobd", "test"] {
            let examples = try Examples(source, view: view, count: 200)
            for (inputs, label) in zip(examples.inputs, examples.queryClass) {
                guard let query = inputs.last else { continue }
                let (character, drawing) = Self.shown(query)
                #expect(characters[label] ?? character == character)
                characters[label] = character
                drawings.insert(drawing)
                #expect(query == GlyphFiles.ink(character, drawing, side: 5).map { Float($0) / 255 })
            }
        }
        #expect(characters.count == 8 && Set(characters.values) == Set(0..<8))
        #expect(drawings == [0, 1, 2, 3])
    }

    @Test func archivesAndFoldersAreTheSameSource() throws {
        let folders = try Self.files()
        let archives = try GlyphFiles()
        for (set, characters, first) in [("images_background", 5, 0), ("images_evaluation", 3, 5)] {
            let drawings = GlyphFiles.drawings(set: set, characters: characters, drawings: 4, side: 5, first: first)
            try archives.write("\(set).zip", GlyphFiles.zip(drawings.reversed()))
        }
        let options = "frequent=2, rare=3, size=5, sigma=0.3, held_out=2, sequences=9"
        let one = try Examples(try Sources().open(Self.spec(folders, options)), count: 9)
        let other = try Examples(try Sources().open(Self.spec(archives, options)), count: 9)
        #expect(one.bits == other.bits && one.labels == other.labels)
    }

    @Test func quarterTurnsAreClasses() throws {
        let files = try Self.files()
        let source = try Sources().open(Self.spec(files, "frequent=2, rare=30, size=5, rotations=4"))
        var kinds: [Int: Set<[Float]>] = [:]
        for view in ["default-rare-ibd", "default-frequent-ibd"] {
            let examples = try Examples(source, view: view, count: 2000)
            for (inputs, label) in zip(examples.inputs, examples.queryClass) {
                kinds[label, default: []].insert(inputs[inputs.count - 1])
            }
        }
        // No class shows more than the four drawings of one character in one turn.
        #expect(kinds.count == 32 && kinds.values.allSatisfy { $0.count <= 4 })
        let upright = GlyphFiles.ink(0, 0, side: 5).map { Float($0) / 255 }
        let turned = (0..<25).map { (pixel: Int) -> Float in
            let (row, column) = (pixel / 5, pixel % 5)
            return upright[column * 5 + 4 - row]
        }
        let all = kinds.values.reduce(into: Set()) { $0.formUnion($1) }
        #expect(all.contains(upright) && all.contains(turned))
    }

    @Test func evaluationShowsTheDrawingsThatTrainingDoesNot() throws {
        let files = try Self.files()
        let source = try Sources().open(Self.spec(files, "frequent=2, rare=3, size=5, test_exemplars=1"))
        for (view, expected) in [("train", Set([0, 1, 2])), ("test", [3]), ("irrelevant-all-oobd", [3])] {
            let examples = try Examples(source, view: view, count: 100)
            #expect(Set(examples.inputs.flatMap { $0.map { Self.shown($0).drawing } }) == expected, "\(view)")
        }
    }

    @Test func anotherSizeIsTheMeanOverWhatPixelsCover() throws {
        let files = try Self.files()
        let options = "frequent=1, rare=1, size=1, part=background"
        let examples = try Examples(try Sources().open(Self.spec(files, options)), count: 20)
        for inputs in examples.inputs {
            // 3 of 25 pixels are black, and two hold the character's and the drawing's number.
            let mean = inputs[0][0] * 255 * 25 - 3 * 255 - 110
            #expect(mean > -13 && mean < 20)
        }
    }

    /// Not of Gaussian inputs, so that no predictor is optimal, but of the same classes, contexts and labels.
    @Test func itsLawIsThatOfGaussianClasses() throws {
        let files = try Self.files()
        for settings in [
            "frequent=2, rare=3, sequences=40", "frequent=2, rare=5, contexts=4, relevant_contexts=2, p_relevant=0.3",
            "frequent=3, rare=4, zipf=1, contexts=6, burstiness=0.5, label_noise=0.1, p_high=0.7",
        ] {
            let glyphs = try #require(try Sources().open(Self.spec(files, "size=5, \(settings)")).labelledExamples)
            // What a source does not set it shares the default of, but for L.
            let more = settings.contains("contexts=") ? settings : settings + ", contexts=2"
            var law = try #require(try Sources().open("gaussian-classes(\(more))").labelledExamples)
            law.inputNoise = glyphs.inputNoise
            law.dimension = 25
            law.squaredNorm = glyphs.squaredNorm
            #expect(glyphs == law)
        }
    }

    @Test func itsNoiseIsThatOfPixelsAndDrawings() throws {
        let files = try Self.files()
        let ink = (0..<8).map { character in
            (0..<4).map { GlyphFiles.ink(character, $0, side: 5).map { Double($0) / 255 } }
        }
        var (norm, variance) = (0.0, 0.0)
        for drawings in ink {
            let mean = (0..<25).map { pixel in drawings.reduce(0) { $0 + $1[pixel] } / 4 }
            norm = max(norm, mean.reduce(0) { $0 + $1 * $1 })
            let squares = drawings.flatMap { drawing in zip(drawing, mean).map { ($0 - $1) * ($0 - $1) } }
            variance = max(variance, squares.reduce(0, +) / 100)
        }
        for sigma in [0, 0.3] {
            let source = try Sources().open(Self.spec(files, "size=5, frequent=2, rare=6, sigma=\(sigma)"))
            let law = try #require(source.labelledExamples)
            #expect(abs(law.squaredNorm - norm) < 1e-12)
            #expect(
                abs(law.inputNoise * law.inputNoise - variance - Double(Float(sigma)) * Double(Float(sigma))) < 1e-12)
        }
        #expect(variance > 0)
    }

    struct Broken: CustomTestStringConvertible, Sendable {
        var options: String
        var reason: String
        var change: @Sendable (GlyphFiles) throws -> Void = { _ in }
        var testDescription: String { "\(options): \(reason)" }
    }

    static let broken = [
        Broken(options: "frequent=5, rare=4", reason: "8 characters"),
        Broken(options: "frequent=2, rare=3, test_exemplars=4", reason: "none is left for training"),
        Broken(options: "frequent=2, rare=3, sequences=4", reason: "cannot hold each of the 5 classes"),
        Broken(options: "frequent=2, rare=3, contexts=1, relevant_contexts=2", reason: "do not fit into contexts=1"),
        Broken(options: "frequent=2, rare=3", reason: "no PNG image") {
            try $0.write("images_background/Alphabet_0/character00/0000_02.png", [1, 2, 3])
        },
        Broken(options: "frequent=2, rare=3", reason: "no PNG image") {
            let whole = GlyphFiles.png(GlyphFiles.ink(0, 1, side: 5), side: 5)
            try $0.write("images_background/Alphabet_0/character00/0000_02.png", Array(whole.dropLast(20)))
        },
        Broken(options: "frequent=2, rare=3", reason: "no PNG image") {
            try $0.write("images_background/Alphabet_0/character00/0000_02.png", [])
        },
        Broken(options: "frequent=2, rare=3, test_exemplars=1", reason: "'Alphabet_0/character00' has 1 drawings") {
            files in
            for drawing in 2...4 {
                try FileManager.default.removeItem(
                    atPath: files.path + "/images_background/Alphabet_0/character00/0000_0\(drawing).png")
            }
        },
        Broken(options: "frequent=2, rare=3", reason: "'Alphabet_0/character00' has no drawings") { files in
            let folder = files.path + "/images_background/Alphabet_0/character00"
            try FileManager.default.removeItem(atPath: folder)
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        },
        Broken(options: "frequent=2, rare=3, part=evaluation", reason: "3 characters"),
        Broken(options: "frequent=2, rare=3, rotations=5", reason: "rotations"),
        Broken(options: "frequent=2, rare=3", reason: "has no images_evaluation") {
            try FileManager.default.removeItem(atPath: $0.path + "/images_evaluation")
        },
        Broken(options: "frequent=2, rare=3", reason: "archive") {
            try FileManager.default.removeItem(atPath: $0.path + "/images_evaluation")
            let drawings = GlyphFiles.drawings(set: "images_evaluation", characters: 2, drawings: 4, side: 5)
            var bytes = GlyphFiles.zip(drawings)
            bytes[100] ^= 1
            try $0.write("images_evaluation.zip", bytes)
        },
        Broken(options: "frequent=2, rare=3", reason: "ZIP archive") {
            try FileManager.default.removeItem(atPath: $0.path + "/images_evaluation")
            try $0.write("images_evaluation.zip", [UInt8](repeating: 7, count: 100))
        },
        Broken(options: "frequent=2, rare=3", reason: "holds no drawings") {
            try FileManager.default.removeItem(atPath: $0.path + "/images_evaluation")
            try FileManager.default.removeItem(atPath: $0.path + "/images_background")
        },
    ]

    @Test(arguments: broken)
    func whatIsBrokenIsNamed(_ test: Broken) throws {
        let files = try Self.files(test.change)
        let failure = #expect(throws: (any Error).self) {
            try Sources().open(Self.spec(files, "size=5, \(test.options)"))
        }
        #expect(String(describing: failure).contains(test.reason), "\(failure as Any)")
    }

    @Test func aFolderThatIsMissingIsNamed() throws {
        let failure = #expect(throws: HostError.self) {
            try Sources().open("omniglot(path=\"/nonexistent/omniglot\", frequent=2, rare=3)")
        }
        #expect(String(describing: failure).contains("no folder '/nonexistent/omniglot'"), "\(failure as Any)")
    }
}
