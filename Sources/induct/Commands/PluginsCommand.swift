// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore
import InductHost

/// `induct plugins list|show|check|pack|install|new|shim`.
struct PluginsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugins", abstract: "What plugins there are, and what they provide.",
        subcommands: [
            PluginsListCommand.self, PluginsShowCommand.self, PluginsCheckCommand.self, PluginsPackCommand.self,
            PluginsInstallCommand.self, PluginsNewCommand.self, PluginsShimCommand.self,
        ], defaultSubcommand: PluginsListCommand.self)
}

/// `induct plugins list`: every candidate on the search path, ready or refused with the reason.
struct PluginsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Every plugin on the search path, and why one was refused.")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let listings = try common.host().catalogue()
        switch common.format {
        case .json: try StandardOutput.write(["plugins": .array(listings.map(\.json))])
        case .text:
            for listing in listings { try StandardOutput.write(Self.text(listing)) }
            if listings.isEmpty { StandardError.write("induct: no plugins on the search path\n") }
        }
    }

    private static func text(_ listing: PluginListing) -> String {
        let title = [listing.id, listing.version].compactMap { $0 }.joined(separator: " ")
        let name = title.isEmpty ? listing.path : "\(title)  \(listing.path)"
        if let reason = listing.reason { return "\(name)\n  refused: \(reason)\n\n" }
        var table = TextTable([("", .left), ("", .left), ("", .left), ("", .left)])
        for part in listing.provides { table.add(["", part.kind.name, part.name, part.summary]) }
        return name + table.text + "\n"
    }
}

/// `induct plugins show NAME`: the parameters of a part, or all parts of a plugin.
struct PluginsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "The parameters, children and examples of a source, architecture, gate or evaluator.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "A name such as mess3, org.example.plugin/mess3, or a plugin's id.")
    var name: String

    func run() throws {
        let listings = try common.host().catalogue().filter(\.isReady)
        let parts = listings.flatMap { listing in listing.provides.map { (listing, $0) } }
        let found = parts.filter { listing, part in
            name == part.name || name == listing.id || name == "\(listing.id ?? "")/\(part.name)"
        }
        guard !found.isEmpty else {
            let names = parts.map { $0.1.name } + listings.compactMap(\.id)
            throw UsageError(
                "no plugin provides '\(name.prefix(80))'\(suggestion(for: name, among: names)); "
                    + "`induct plugins list` shows them all")
        }
        switch common.format {
        case .json:
            try StandardOutput.write([
                "parts": .array(
                    found.map { listing, part in
                        [
                            "plugin": .optional(listing.id), "kind": .string(part.kind.name),
                            "name": .string(part.name),
                            "summary": .string(part.summary), "config_schema": part.configSchema,
                        ]
                    })
            ])
        case .text:
            for (listing, part) in found { try StandardOutput.write(try Self.text(part, of: listing)) }
        }
    }

    private static func text(_ part: PluginListing.Part, of listing: PluginListing) throws -> String {
        let schema = part.configSchema.isNull ? try ConfigSchema(parsing: nil) : try ConfigSchema(part.configSchema)
        var text = "\(part.name)  \(part.kind.name) of \(listing.id ?? listing.path)\n  \(part.summary)\n"
        if let children = schema.children {
            let most = children.maximum.map { $0 == children.minimum ? "" : " to \($0)" } ?? " or more"
            text += "  children: \(children.minimum)\(most) of kind \(children.kind.name)\n"
        }
        var table = TextTable([("", .left), ("", .left), ("", .left), ("", .left), ("", .left)])
        for parameter in schema.parameters {
            let fallback =
                parameter.fallback.map { "default \($0.text)" } ?? (parameter.isOptional ? "optional" : "required")
            table.add(["", parameter.name, parameter.rule.expectation, fallback, parameter.summary ?? ""])
        }
        if !schema.parameters.isEmpty { text += table.text }
        for example in schema.examples { text += "  e.g. \(example)\n" }
        return text + "\n"
    }
}
