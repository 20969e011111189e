// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Reads what makes a part a source: its calls, its seed, its task, and what becomes of the results.
struct SourcePlanReader {
    let object: ManifestObject
    let calls: CallReader

    private enum TaskName: String, CaseIterable {
        case nextToken = "next-token"
        case classification
        case regression
    }

    private enum MapName: String, CaseIterable {
        case identity
        case clamp
        case floor
        case modulo
        case edges
    }

    private enum RoleName: String, CaseIterable {
        case input
        case target
        case weight
        case key
        case info

        var role: TensorRole {
            switch self {
            case .input: .input
            case .target: .target
            case .weight: .weight
            case .key: .key
            case .info: .info
            }
        }
    }

    private static let mostOutputs = 16

    func plan() throws(TableDefect) -> ForeignSourcePlan {
        let task: Task =
            switch try object.word("task", TaskName.self) ?? .nextToken {
            case .nextToken: .nextToken
            case .classification: .classification
            case .regression: .regression
            }
        let outputs = try ManifestObject(try object.required("outputs"), object.path("outputs"))
        guard (1...Self.mostOutputs).contains(outputs.members.count) else {
            throw outputs.defect(nil, "must name 1 to \(Self.mostOutputs) tensors")
        }
        guard task != .nextToken || outputs.members.map(\.key) == ["tokens"] else {
            throw outputs.defect(nil, "must name 'tokens' alone, for the task is next-token")
        }
        var origins: [String: String] = [:]
        for member in outputs.members {
            let output = try ManifestObject(member.value, outputs.path(member.key))
            if let from = try output.text("from"), from != "return" { origins[member.key] = from }
        }
        let call = try calls.call(object, .source, unbound: Set(origins.values))
        var before: [ForeignCall] = []
        for (index, json) in (try object.list("before_sample", most: 16) ?? []).enumerated() {
            let entry = try ManifestObject(json, object.path("before_sample[\(index)]"), keys: CallReader.keys)
            before.append(try calls.call(entry, .beforeSample))
        }
        try checkSeeds(before + [call])
        var plan = ForeignSourcePlan(
            beforeSample: before, call: call, task: task, classes: try classes(task),
            width: try object.integer("width", in: 1...1 << 20) ?? (task == .regression ? 1 : 0),
            positions: try object.integer("positions", in: 1...1 << 20) ?? 1,
            maximumLength: try object.integer("maximum_length", in: 1...1 << 30), outputs: [])
        guard task == .regression || object["width"] == nil else {
            throw object.defect("width", "belongs to regression, the number of floats for each position")
        }
        guard task != .nextToken || object["positions"] == nil else {
            throw object.defect("positions", "is the length where the task is next-token; leave it out")
        }
        for member in outputs.members {
            plan.outputs.append(try output(member, in: outputs, task, call))
        }
        try checkUnread(plan)
        return plan
    }

    /// One seed, in one place: with none, sample i would depend on the calls before it; with two, they might be equal.
    private func checkSeeds(_ all: [ForeignCall]) throws(TableDefect) {
        let seeds = all.flatMap { call in
            call.seeds.map { "\(call.signature.name).\(call.signature.parameters[$0].name)" }
        }
        guard let first = seeds.first else {
            throw object.defect(
                nil,
                "no argument is a seed or a state, so that a sample would depend on the calls before it; bind one to "
                    + "\"seed\", or call the library's seeding function in before_sample")
        }
        guard seeds.count == 1 else {
            throw object.defect(
                nil, "there are two seeds, \(first) and \(seeds[1]); a sample has one, bind the other to something else"
            )
        }
    }

    private func classes(_ task: Task) throws(TableDefect) -> ForeignSourcePlan.Size {
        let key = task == .nextToken ? "vocabulary" : "classes"
        let other = task == .nextToken ? "classes" : "vocabulary"
        guard object[other] == nil else {
            throw object.defect(
                other, "does not belong to this task\(task == .regression ? "" : "; it is named '\(key)'")")
        }
        if task == .regression {
            guard object[key] == nil else { throw object.defect(key, "does not belong to regression") }
            return .constant(0)
        }
        let value = try object.required(key)
        if let reference = value.members {
            guard reference.count == 1, let name = reference[0].value.string, reference[0].key == "config",
                let parameter = calls.config.parameters.first(where: { $0.name == name }),
                case .integer(let range) = parameter.rule, range.minimum ?? 0 >= 1, !parameter.isOptional
            else {
                throw object.defect(
                    key,
                    "must be {\"config\": KEY} with an integer parameter whose minimum is at least 1, not \(value.excerpt)"
                )
            }
            return .config(name)
        }
        return .constant(try object.integer(key, in: 1...Int(Int32.max)) ?? 1)
    }

    private func output(
        _ member: JSON.Member, in outputs: ManifestObject, _ task: Task, _ call: ForeignCall
    ) throws(TableDefect) -> ForeignSourcePlan.Output {
        let place = outputs.path(member.key)
        let isToken = task == .nextToken
        let object = try ManifestObject(
            member.value, place,
            keys: ["from", "map", "low", "high", "edges"] + (isToken ? [] : ["role", "shape", "type"]))
        guard Names.isSnakeCase(member.key) else {
            throw outputs.defect(nil, "'\(member.key.prefix(60))' is no name of a tensor; they are snake_case")
        }
        let origin = try origin(object, call)
        let isTarget = member.key == "targets"
        let role = try object.word("role", RoleName.self)?.role ?? (isTarget ? .target : .input)
        let usual: ElementType = isToken || isTarget && task == .classification ? .int32 : .float32
        let type = try self.type(object) ?? usual
        var shape: [Dimension] = [.length]
        if !isToken {
            shape = []
            for size in try object.list("shape", most: 7) ?? [1] {
                guard let size = size.int, (1...ForeignSignature.mostElements).contains(size) else {
                    throw object.defect("shape", "must be a list of sizes without the batch, not \(size.excerpt)")
                }
                shape.append(.constant(size))
            }
        }
        let map = try map(object, type, call, origin)
        guard task != .regression || map == .identity else {
            throw object.defect("map", "makes classes, of which a regression has none; leave it out")
        }
        return .init(tensor: member.key, role: role, type: type, shape: shape, origin: origin, map: map)
    }

    private func type(_ object: ManifestObject) throws(TableDefect) -> ElementType? {
        guard let text = try object.text("type") else { return nil }
        guard let type = ElementType(rawValue: text), type != .float64 else {
            throw object.defect("type", "must be int32 or float32, not '\(text.prefix(40))'")
        }
        return type
    }

    private func origin(
        _ object: ManifestObject, _ call: ForeignCall
    ) throws(TableDefect) -> ForeignSourcePlan.Origin {
        let from = try object.text("from") ?? "return"
        let signature = call.signature
        if from == "return" {
            guard case .scalar = signature.result else {
                throw object.defect(
                    "from", "\(signature.name) returns no number; name the parameter that it writes its values to")
            }
            guard call.verdict == .ignored else {
                throw object.defect("from", "what \(signature.name) returns is a status, and no value")
            }
            return .result
        }
        guard let index = signature.index(of: from) else {
            throw object.defect(
                "from",
                "'\(from.prefix(60))' is neither return nor a parameter of \(signature.name)"
                    + suggestion(for: from, among: ["return"] + signature.parameters.map(\.name)))
        }
        switch (signature.parameters[index].type, call.arguments[index]) {
        case (.array(_, .output, _), .array(.nothing)): return .argument(index)
        case (.function, .callback(.output)): return .callback
        default:
            throw object.defect(
                "from",
                "'\(from)' of \(signature.name) is no out array and no output callback, so nothing comes from it")
        }
    }

    private func map(
        _ object: ManifestObject, _ type: ElementType, _ call: ForeignCall, _ origin: ForeignSourcePlan.Origin
    ) throws(TableDefect) -> ForeignSourcePlan.Map {
        let name = try object.word("map", MapName.self) ?? .identity
        for (key, owner) in [("low", MapName.floor), ("high", .floor), ("edges", .edges)] where name != owner {
            guard object[key] == nil else {
                throw object.defect(key, "belongs to the map \(owner.rawValue), here it is \(name.rawValue)")
            }
        }
        guard type == .int32 || name == .identity else {
            throw object.defect("map", "\(name.rawValue) gives integers, but the tensor holds \(type.rawValue)")
        }
        switch name {
        case .identity: return .identity
        case .clamp: return .clamp
        case .modulo:
            guard Self.scalar(of: origin, call)?.isInteger == true else {
                throw object.defect("map", "modulo takes integers; for real numbers there are floor and edges")
            }
            return .modulo
        case .floor:
            let low = try object.number("low") ?? 0
            let high = try object.number("high") ?? 1
            guard low < high, (high - low).isFinite else { throw object.defect("low", "must be below high") }
            return .floor(low: low, high: high)
        case .edges:
            let list = try object.list("edges", most: 4096) ?? []
            let edges = list.compactMap(\.double)
            guard !edges.isEmpty, edges.count == list.count, zip(edges, edges.dropFirst()).allSatisfy(<) else {
                throw object.defect("edges", "must be a list of numbers that ascend")
            }
            guard case .constant(edges.count + 1) = try classes(.nextToken) else {
                throw object.defect(
                    "edges", "\(edges.count) edges make \(edges.count + 1) tokens; let vocabulary be that")
            }
            return .edges(edges)
        }
    }

    /// The type of what comes from there.
    static func scalar(of origin: ForeignSourcePlan.Origin, _ call: ForeignCall) -> ForeignScalar? {
        switch origin {
        case .result:
            guard case .scalar(let scalar) = call.signature.result else { return nil }
            return scalar
        case .argument(let index):
            guard case .array(let scalar, _, _) = call.signature.parameters[index].type else { return nil }
            return scalar
        case .callback:
            for (index, argument) in call.arguments.enumerated() where argument == .callback(.output) {
                guard case .function(let type) = call.signature.parameters[index].type else { return nil }
                return type.firstScalar
            }
            return nil
        }
    }

    /// A callback whose values nobody takes, and an argument from which two tensors come.
    private func checkUnread(_ plan: ForeignSourcePlan) throws(TableDefect) {
        for (index, argument) in plan.call.arguments.enumerated() where argument == .callback(.output) {
            guard plan.outputs.contains(where: { $0.origin == .callback }) else {
                throw object.defect(
                    "arguments.\(plan.call.signature.parameters[index].name)",
                    "hands out values that no output takes; name it as an output's 'from'")
            }
        }
        for (index, output) in plan.outputs.enumerated() {
            guard !plan.outputs[..<index].contains(where: { $0.origin == output.origin }) else {
                throw object.defect("outputs.\(output.tensor).from", "is where another tensor comes from already")
            }
        }
    }
}

extension ForeignSignature.CallbackType {
    /// The type of its first number.
    var firstScalar: ForeignScalar? {
        for case .scalar(let scalar) in parameters { return scalar }
        return nil
    }
}
