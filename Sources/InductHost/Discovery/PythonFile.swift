// SPDX-License-Identifier: Apache-2.0

/// A look into a Python file without running it.
///
/// A plugin imports the package `induct` and decorates something as a part. Both are lines that are not indented: a script
/// that reads runs with the same package is no plugin, and is never run to find that out.
struct PythonFile {
    /// Longest file that is looked at.
    private static let mostBytes = 16 << 20
    private static let decorators: Set<String> = ["source", "architecture", "gate", "evaluator", "torch_architecture"]

    private(set) var importsInduct = false
    private(set) var decoratesPart = false

    var isPlugin: Bool { importsInduct && decoratesPart }

    /// - Throws: when it cannot be read.
    init(path: String) throws(TableDefect) {
        for line in try FilePaths.bytes(of: path, limit: Self.mostBytes).split(separator: UInt8(ascii: "\n")) {
            switch line.first {
            case UInt8(ascii: "@"): decoratesPart = decoratesPart || Self.isDecorator(line)
            case UInt8(ascii: "i"), UInt8(ascii: "f"): importsInduct = importsInduct || Self.isImport(line)
            default: continue
            }
        }
    }

    /// Whether it is `@induct.source`, `@source(name="x")` or the like.
    private static func isDecorator(_ line: ArraySlice<UInt8>) -> Bool {
        let name = line.dropFirst().prefix { $0 != UInt8(ascii: "(") && $0 != UInt8(ascii: "#") }
        let last = String(decoding: name, as: UTF8.self).split(separator: ".").last ?? ""
        return decorators.contains(String(last.prefix { !$0.isWhitespace }))
    }

    /// Whether it is `import induct`, `import numpy, induct as i`, `from induct import source` or the like.
    private static func isImport(_ line: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: line, as: UTF8.self)
        guard let blank = text.firstIndex(where: \.isWhitespace) else { return false }
        let modules = text[blank...].split { $0 == "," || $0 == ";" }
            .map { $0.split(whereSeparator: \.isWhitespace).first ?? "" }
        func isOurs(_ module: Substring) -> Bool { module == "induct" || module.hasPrefix("induct.") }
        switch text[..<blank] {
        case "import": return modules.contains(where: isOurs)
        case "from": return modules.first.map(isOurs) ?? false
        default: return false
        }
    }
}
