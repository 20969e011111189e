// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Reads one entry of `provides`.
struct PartReader {
    private let object: ManifestObject
    private let kind: PluginKind

    private static let common = [
        "kind", "name", "summary", "concurrency", "config_schema", "buffers", "handles",
    ]
    private static let source = [
        "before_sample", "task", "vocabulary", "classes", "width", "positions", "maximum_length", "outputs",
    ]
    private static let evaluator = ["result", "merge", "start", "combine", "metric", "unit"]
    /// Most bytes of one buffer: 16 MiB.
    private static let mostBytes = 1 << 24

    private enum Kind: String, CaseIterable {
        case source
        case evaluator
    }

    init(_ json: JSON, _ place: String) throws(TableDefect) {
        let keys = Self.common + CallReader.keys
        let any = try ManifestObject(json, place)
        guard let kind = try any.word("kind", Kind.self) else { throw any.defect(nil, "'kind' is missing") }
        self.kind = kind == .source ? .source : .evaluator
        object = try ManifestObject(json, place, keys: keys + (kind == .source ? Self.source : Self.evaluator))
    }

    func part() throws(TableDefect) -> ForeignPart {
        let name = try object.requiredText("name")
        guard Names.isKebabCase(name) else {
            throw object.defect("name", "must be kebab-case such as golden-mean, not '\(name.prefix(80))'")
        }
        let schema = object["config_schema"] ?? .null
        let config: ConfigSchema
        do throws(SpecError) {
            config = try ConfigSchema(schema.isNull ? .object([]) : schema)
        } catch {
            throw object.defect("config_schema", error.message)
        }
        guard config.children == nil, !config.parameters.contains(where: { Self.isChild($0.rule) }) else {
            throw object.defect("config_schema", "a foreign \(kind.name) takes no children")
        }
        var reader = CallReader(config: config)
        let buffers = try buffers()
        for buffer in buffers { reader.buffers[buffer.name] = buffer.bytes }
        let handles = try handles(&reader)
        let body: ForeignPart.Body
        switch kind {
        case .source: body = .source(try SourcePlanReader(object: object, calls: reader).plan())
        default: body = .evaluator(try EvaluatorPlanReader(object: object, calls: reader).plan())
        }
        let part = ForeignPart(
            name: name, summary: try object.text("summary") ?? "", concurrency: try concurrency(), configSchema: schema,
            config: config, buffers: buffers, handles: handles, body: body)
        try checkHiddenState(part)
        return part
    }

    private static func isChild(_ rule: ValueRule) -> Bool {
        guard case .child = rule else { return false }
        return true
    }

    private func concurrency() throws(TableDefect) -> Concurrency {
        guard let value = object["concurrency"] else { return .serialLibrary }
        guard let concurrency = Concurrency.allCases.first(where: { $0.name == value.string }) else {
            throw object.defect(
                "concurrency", "must be parallel, serial-instance or serial-library (the default), not \(value.excerpt)"
            )
        }
        return concurrency
    }

    private func buffers() throws(TableDefect) -> [ForeignPart.Buffer] {
        guard let json = object["buffers"] else { return [] }
        let list = try ManifestObject(json, object.path("buffers"))
        var buffers: [ForeignPart.Buffer] = []
        for member in list.members {
            guard Names.isSnakeCase(member.key) else {
                throw list.defect(nil, "'\(member.key.prefix(60))' is no name of a buffer; they are snake_case")
            }
            let bytes = try list.integer(member.key, in: 1...Self.mostBytes) ?? 0
            buffers.append(.init(name: member.key, bytes: bytes))
        }
        return buffers
    }

    private func handles(_ reader: inout CallReader) throws(TableDefect) -> [ForeignPart.Handle] {
        guard let json = object["handles"] else { return [] }
        let list = try ManifestObject(json, object.path("handles"))
        var handles: [ForeignPart.Handle] = []
        for member in list.members {
            let handle = try ManifestObject(member.value, list.path(member.key), keys: ["create", "destroy"])
            let create = try ManifestObject(
                try handle.required("create"), handle.path("create"), keys: CallReader.keys)
            let destroy = try ManifestObject(
                try handle.required("destroy"), handle.path("destroy"), keys: CallReader.keys)
            let made = try reader.call(create, .handle)
            guard made.signature.result == .opaque(member.key) else {
                throw create.defect("call", "\(made.signature.name) does not give a \(member.key) *")
            }
            reader.handles.append(member.key)
            let freed = try reader.call(destroy, .handle)
            guard freed.arguments.contains(.handle(member.key)) else {
                throw destroy.defect("call", "\(freed.signature.name) does not take a \(member.key) *")
            }
            handles.append(.init(type: member.key, create: made, destroy: freed))
        }
        return handles
    }

    /// A seeding call that is given no memory of ours seeds memory of the library's.
    private func checkHiddenState(_ part: ForeignPart) throws(TableDefect) {
        guard case .source(let plan) = part.body, part.concurrency != .serialLibrary else { return }
        for call in plan.beforeSample where !call.seeds.isEmpty {
            let hasMemory = call.arguments.contains {
                switch $0 {
                case .handle, .buffer: true
                default: false
                }
            }
            guard hasMemory else {
                throw object.defect(
                    "concurrency",
                    "\(call.signature.name) seeds a state within the library, which all its users share; say "
                        + "serial-library")
            }
        }
    }
}
