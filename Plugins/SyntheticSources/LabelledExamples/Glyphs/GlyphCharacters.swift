// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// The characters of the Omniglot data set, each with its drawings.
///
/// `path` holds the sets `images_background` and `images_evaluation`, as folders or as the archives of those names with
/// ".zip" behind them, one of them at least; or it is such a set itself. A set holds alphabets, an alphabet characters, a
/// character its drawings: `images_background/Greek/character01/0394_01.png`. Characters and drawings are in the order of
/// their names.
///
/// Source: B. Lake, R. Salakhutdinov, J. Tenenbaum, "Human-level concept learning through probabilistic program induction",
/// Science 350, 2015; the archives are those that the authors published.
struct GlyphCharacters: Sendable {
    /// "Greek/character01", with its drawings.
    struct Character: Sendable {
        let name: String
        let drawings: [GlyphImage]
    }

    let characters: [Character]
    let size: Int
    /// Of the characters' drawings.
    let spread: GlyphSpread

    /// Which of the two sets.
    enum Part: String, CaseIterable, Sendable {
        case background
        case evaluation
        case both

        var names: [String] {
            switch self {
            case .background: ["images_background"]
            case .evaluation: ["images_evaluation"]
            case .both: ["images_background", "images_evaluation"]
            }
        }
    }

    /// Pixels of all drawings together, a byte each.
    static let mostPixels = 1 << 32

    /// Reads and decodes every drawing.
    ///
    /// - Throws: status `notFound` for what is missing, `dataLoss` for what is damaged.
    init(path: String, part: Part, size: Int) throws(InductError) {
        self.size = size
        var found: [String: [(name: String, image: GlyphImage)]] = [:]
        var pixels = 0
        for set in try Self.sets(path, part) {
            try set.forEachDrawing { (character, name, bytes) throws(InductError) in
                pixels += size * size
                guard pixels <= Self.mostPixels else {
                    throw InductError(
                        .resourceExhausted,
                        "omniglot: the drawings of '\(path)' take more than \(Self.mostPixels) bytes at size=\(size); choose "
                            + "a smaller size")
                }
                let image = try GlyphImage(png: bytes, size: size, name: "\(set.path)/\(character)/\(name)")
                found[character, default: []].append((name, image))
            }
        }
        characters = found.keys.sorted().map { name in
            Character(
                name: name, drawings: (found[name] ?? []).sorted { $0.name < $1.name }.map(\.image))
        }
        spread = GlyphSpread(characters.map(\.drawings), pixels: size * size)
        guard !characters.isEmpty else {
            throw InductError(
                .notFound,
                "omniglot: '\(path)' holds no drawings; it must hold alphabet/character/drawing.png, below images_background "
                    + "or images_evaluation or by itself")
        }
    }

    /// The sets that a path leads to.
    private static func sets(_ path: String, _ part: Part) throws(InductError) -> [GlyphSet] {
        guard !path.utf8.contains(0), !path.isEmpty else {
            throw InductError(.notFound, "omniglot: the path is empty or holds a NUL character")
        }
        if path.hasSuffix(".zip") { return [.archive(GlyphArchive(path: path))] }
        guard GlyphFolder.exists(path) else {
            throw InductError(
                .notFound,
                "omniglot: there is no folder '\(path)'; give the one that holds images_background and images_evaluation, "
                    + "or images_background.zip")
        }
        let present = try GlyphFolder(path: path).names()
        var sets: [GlyphSet] = []
        var missing: [String] = []
        for name in part.names {
            if present.contains(name), GlyphFolder.exists("\(path)/\(name)") {
                sets.append(.folder(GlyphFolder(path: "\(path)/\(name)")))
            } else if present.contains("\(name).zip") {
                sets.append(.archive(GlyphArchive(path: "\(path)/\(name).zip")))
            } else {
                missing.append(name)
            }
        }
        guard !sets.isEmpty else { return [.folder(GlyphFolder(path: path))] }
        guard missing.isEmpty else {
            throw InductError(
                .notFound,
                "omniglot: '\(path)' has no \(missing.joined(separator: ", ")), neither a folder nor a .zip; add it, or choose "
                    + "part=background or part=evaluation")
        }
        return sets
    }
}

/// A set of alphabets, in a folder or an archive.
enum GlyphSet {
    case folder(GlyphFolder)
    case archive(GlyphArchive)

    var path: String {
        switch self {
        case .folder(let folder): folder.path
        case .archive(let archive): archive.path
        }
    }

    /// Calls `body` with "alphabet/character", the file's name and its bytes for every drawing.
    func forEachDrawing(
        _ body: (String, String, [UInt8]) throws(InductError) -> Void
    ) throws(InductError) {
        switch self {
        case .archive(let archive):
            try archive.forEachFile({ Self.place($0) != nil }) { (name, bytes) throws(InductError) in
                if let place = Self.place(name) { try body(place.character, place.drawing, bytes) }
            }
        case .folder(let folder):
            for alphabet in try folder.names() where GlyphFolder.exists("\(folder.path)/\(alphabet)") {
                let characters = GlyphFolder(path: "\(folder.path)/\(alphabet)")
                for character in try characters.names() where GlyphFolder.exists("\(characters.path)/\(character)") {
                    let drawings = GlyphFolder(path: "\(characters.path)/\(character)")
                    let names = try drawings.names().filter { $0.hasSuffix(".png") }
                    guard !names.isEmpty else {
                        throw InductError(
                            .notFound,
                            "omniglot: '\(alphabet)/\(character)' has no drawings in '\(folder.path)'; fetch them again, or "
                                + "remove its folder")
                    }
                    for drawing in names {
                        let file = try FileBytes(path: "\(drawings.path)/\(drawing)", for: "omniglot")
                        try body("\(alphabet)/\(character)", drawing, file.bytes)
                    }
                }
            }
        }
    }

    /// Where a file of an archive belongs: the last three parts of its name; nil: it is no drawing.
    private static func place(_ name: String) -> (character: String, drawing: String)? {
        let parts = name.split(separator: "/")
        guard parts.count >= 3, name.hasSuffix(".png"),
            !parts.contains(where: { $0.hasPrefix(".") || $0 == "__MACOSX" })
        else { return nil }
        return (parts.suffix(3).dropLast().joined(separator: "/"), String(parts[parts.count - 1]))
    }
}
