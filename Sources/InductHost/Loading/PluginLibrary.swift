// SPDX-License-Identifier: Apache-2.0

import CHostThread
import CInduct
import InductCore

/// A plugin's library in this process: its entry was called, and its table and descriptors were checked.
final class PluginLibrary: @unchecked Sendable {
    typealias Entry =
        @convention(c) (UnsafePointer<induct_host>?, UnsafeMutablePointer<induct_error>?) ->
        UnsafePointer<induct_plugin>?
    typealias GetFactory = @convention(c) (UnsafePointer<CChar>?) -> UnsafeRawPointer?

    let path: String
    let id: String
    let version: String
    let summary: String
    let abiMinor: Int
    let parts: [PluginPart]
    let host: UnsafePointer<induct_host>
    let factories: Factories
    private let gate: CallGate
    /// nil: the factories are the host's own.
    private let getFactory: GetFactory?

    /// The functions that create; nil where the plugin has no factory of that kind.
    struct Factories {
        var source = induct_source_factory()
        var architecture = induct_architecture_factory()
        var gate = induct_gate_factory()
        var evaluator = induct_evaluator_factory()
    }

    /// Opens the library, calls its entry and checks what it gives.
    ///
    /// - Parameters:
    ///   - path: absolute, so that the dynamic linker does not search
    ///   - services: what the plugin may use; kept for the rest of the process
    /// - Throws: what is wrong with the library, its entry or its tables.
    init(path: String, services: HostServices) throws(TableDefect) {
        self.path = path
        host = services.makeTable()
        let name = FilePaths.name(of: path)
        let gate = CallGate(plugin: name, lock: nil)
        let library = try gate.enter("dlopen") { Result { () throws(TableDefect) in try LibraryHandle(path: path) } }
            .get()
        guard let symbol = library.symbol(INDUCT_PLUGIN_ENTRY) else {
            throw TableDefect("it does not export \(INDUCT_PLUGIN_ENTRY)")
        }
        let entry = unsafeBitCast(symbol, to: Entry.self)
        var plugin: UnsafePointer<induct_plugin>?
        do throws(PluginFailure) {
            try gate.run("induct_plugin_entry_v1") { [host] error in
                plugin = entry(host, error)
                return plugin == nil ? max(error.pointee.status, INDUCT_UNKNOWN) : INDUCT_OK
            }
        } catch {
            throw TableDefect("its entry gives no plugin: \(error.message)")
        }
        let table = try Negotiation.read(plugin, "induct_plugin", minimum: MemoryLayout<induct_plugin>.size)
        guard table.abi_major == INDUCT_ABI_MAJOR else {
            throw TableDefect(
                "it was written for major version \(table.abi_major) of the ABI, this host has "
                    + "\(INDUCT_ABI_MAJOR).\(INDUCT_ABI_MINOR); compile it against this host's headers")
        }
        abiMinor = Int(table.abi_minor)
        id = try Negotiation.requiredText(table.id, "id", limit: INDUCT_MAX_STRING)
        guard Names.isReverseDomain(id) else {
            throw TableDefect("its id is '\(id)'; ids are reverse domain names: 'org.example.my-sources'")
        }
        version = try Negotiation.requiredText(table.version, "version", limit: INDUCT_MAX_STRING)
        guard Names.isVersion(version) else {
            throw TableDefect("its version is '\(version)'; versions are semantic: '1.0.0'")
        }
        summary = try Negotiation.line(table.summary, "summary", limit: INDUCT_MAX_STRING) ?? ""
        guard let getFactory = table.get_factory else { throw TableDefect("its get_factory is NULL") }
        self.gate = gate
        self.getFactory = getFactory
        var factories = Factories()
        var parts: [PluginPart] = []
        func read<Factory>(
            _ id: String, _ kind: PluginKind, _ name: String, _ factory: inout Factory,
            _ isComplete: (Factory) -> Bool
        ) throws(TableDefect) {
            guard let pointer = gate.enter("get_factory", { getFactory(id) }) else { return }
            let size = MemoryLayout<Factory>.size
            let typed = pointer.assumingMemoryBound(to: Factory.self)
            factory = try Negotiation.read(typed, name, minimum: size)
            guard isComplete(factory) else { throw TableDefect("the create of its \(name) is NULL") }
            let generic = pointer.assumingMemoryBound(to: induct_source_factory.self)
            parts += try PluginPart.read(try Negotiation.read(generic, name, minimum: size), kind: kind)
        }
        try read(INDUCT_SOURCE_FACTORY, .source, "induct_source_factory", &factories.source) { $0.create != nil }
        try read(
            INDUCT_ARCHITECTURE_FACTORY, .architecture, "induct_architecture_factory", &factories.architecture
        ) { $0.create != nil }
        try read(INDUCT_GATE_FACTORY, .gate, "induct_gate_factory", &factories.gate) { $0.create != nil }
        try read(INDUCT_EVALUATOR_FACTORY, .evaluator, "induct_evaluator_factory", &factories.evaluator) {
            $0.create != nil
        }
        guard !parts.isEmpty else {
            throw TableDefect("it offers nothing: get_factory gives no factory this host knows (induct.source/1, ...)")
        }
        self.factories = factories
        self.parts = parts
    }

    /// Takes a foreign manifest, whose library is open, for a plugin: its factories are the host's own.
    ///
    /// - Parameters:
    ///   - path: of the manifest
    ///   - foreign: what it says, and its library
    ///   - services: what the factories are led by to `foreign`
    init(manifest path: String, of foreign: ForeignLibrary, services: HostServices) {
        self.path = path
        host = services.makeTable()
        let manifest = foreign.manifest
        abiMinor = 0
        id = manifest.id
        version = manifest.version
        summary = manifest.summary
        parts = manifest.parts.map {
            PluginPart(
                kind: $0.kind, name: $0.name, summary: $0.summary, concurrency: $0.concurrency,
                configSchema: $0.configSchema.isNull ? nil : $0.configSchema.text)
        }
        factories = ForeignLibrary.factories
        getFactory = nil
        gate = CallGate(plugin: id, lock: nil)
    }

    /// What the plugin has by this id, known or not.
    func hasFactory(_ id: String) -> Bool {
        guard let getFactory else { return false }
        return gate.enter("get_factory", { getFactory(id) }) != nil
    }
}
