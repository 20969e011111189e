// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A language that plugins are scaffolded in.
///
/// Its templates are working plugins, `SDK/<directory>/templates/<kind>.<suffix>`, and a build file or more beside
/// them.
enum ScaffoldLanguage: String, CaseIterable, ExpressibleByArgument {
    case c
    case cpp
    case python
    case rust
    case swift

    /// Below the SDK.
    var directory: String {
        switch self {
        case .c: "C"
        case .cpp: "Cpp"
        case .python: "Python"
        case .rust: "Rust"
        case .swift: "Swift"
        }
    }

    /// The template of a kind.
    func template(of kind: String) -> String {
        switch self {
        case .c, .cpp, .swift: "\(kind).\(rawValue)"
        case .python: "\(kind).py"
        case .rust: "\(kind).rs"
        }
    }

    /// Where the plugin's code goes in its directory.
    func file(of name: ScaffoldName) -> String {
        switch self {
        case .c, .cpp: "\(name.kebab).\(rawValue)"
        case .python: "\(name.kebab).py"
        case .rust: "src/lib.rs"
        case .swift: "Sources/\(name.type)/\(name.type).swift"
        }
    }

    /// The plugin, once it is built, in its directory.
    func plugin(of name: ScaffoldName) -> String { self == .python ? "\(name.kebab).py" : "\(name.kebab).so" }

    /// What goes beside the code: templates that are the same for every kind, and where each goes.
    func otherFiles(of name: ScaffoldName) -> [(template: String, path: String)] {
        switch self {
        case .c, .cpp: [("Makefile", "Makefile"), ("CMakeLists.txt", "CMakeLists.txt")]
        case .python: [("Makefile", "Makefile")]
        case .rust: [("Makefile", "Makefile"), ("Cargo.toml", "Cargo.toml")]
        case .swift:
            [
                ("Makefile", "Makefile"), ("Package.swift", "Package.swift"),
                ("Entry.swift", "Sources/\(name.type)/\(name.type)+Entry.swift"),
                ("note.c", "Sources/\(name.type)Note/note.c"),
            ]
        }
    }
}

/// A part's name in the spellings that code needs.
struct ScaffoldName: Equatable {
    /// As in specs: my-source.
    let kebab: String

    /// As a variable: my_source.
    var snake: String { String(kebab.map { $0 == "-" ? "_" : $0 }) }

    /// As a type: MySource.
    var type: String {
        kebab.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
