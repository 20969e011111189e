// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// How calls of one instance may overlap; see abi.h.
enum Concurrency: UInt32, CaseIterable, Sendable {
    case parallel
    case serialInstance
    case serialLibrary

    var name: String {
        switch self {
        case .parallel: "parallel"
        case .serialInstance: "serial-instance"
        case .serialLibrary: "serial-library"
        }
    }
}

/// One thing that a plugin can create: a checked induct_descriptor.
struct PluginPart: Sendable {
    let kind: PluginKind
    let name: String
    let summary: String
    let concurrency: Concurrency
    /// The text of its config_schema; nil = no parameters, no children.
    let configSchema: String?

    /// Most parts of one kind.
    static let limit = 4096

    /// Reads the descriptors of a factory; all four kinds have the same form.
    static func read(
        _ factory: induct_source_factory, kind: PluginKind
    ) throws(TableDefect) -> [PluginPart] {
        guard factory.descriptor_count > 0, Int(factory.descriptor_count) <= limit, let list = factory.descriptors
        else {
            throw TableDefect(
                "its \(kind.name) factory has \(factory.descriptor_count) descriptors; offer 1 to \(limit), "
                    + "or no factory")
        }
        var parts: [PluginPart] = []
        var names: Set<String> = []
        for i in 0..<Int(factory.descriptor_count) {
            let part = try read(list[i], kind: kind, index: i)
            guard names.insert(part.name).inserted else {
                throw TableDefect("its \(kind.name) factory has two descriptors named '\(part.name)'")
            }
            parts.append(part)
        }
        return parts
    }

    private static func read(
        _ pointer: UnsafePointer<induct_descriptor>?, kind: PluginKind, index: Int
    ) throws(TableDefect) -> PluginPart {
        let descriptor = try Negotiation.read(pointer, "induct_descriptor", minimum: 16)
        let place = "\(kind.name) descriptor \(index)"
        let name = try Negotiation.requiredText(descriptor.name, "\(place)'s name", limit: INDUCT_MAX_STRING)
        guard Names.isKebabCase(name) else {
            throw TableDefect("its \(place) is named '\(name)'; names are kebab-case: 'golden-mean'")
        }
        guard let concurrency = Concurrency(rawValue: descriptor.concurrency) else {
            throw TableDefect("its \(kind.name) '\(name)' has the unknown concurrency \(descriptor.concurrency)")
        }
        let summary = try Negotiation.line(descriptor.summary, "\(place)'s summary", limit: INDUCT_MAX_STRING) ?? ""
        let schema = try Negotiation.text(
            descriptor.config_schema, "\(place)'s config_schema", limit: INDUCT_MAX_DOCUMENT)
        return PluginPart(
            kind: kind, name: name, summary: summary, concurrency: concurrency, configSchema: schema)
    }
}
