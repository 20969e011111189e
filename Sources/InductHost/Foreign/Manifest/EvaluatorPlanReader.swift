// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Reads what makes a part an evaluator: its call, its number, and how the numbers of samples become one.
struct EvaluatorPlanReader {
    let object: ManifestObject
    let calls: CallReader

    func plan() throws(TableDefect) -> ForeignEvaluatorPlan {
        let written = try resultName()
        let call = try calls.call(object, .evaluator, unbound: written.map { [$0.argument] } ?? [])
        let result = try result(call, written)
        let merges = ForeignEvaluatorPlan.Merge.allCases.map(\.rawValue).joined(separator: ", ")
        guard let merge = try object.word("merge", ForeignEvaluatorPlan.Merge.self) else {
            throw object.defect(
                nil, "'merge' is missing: samples are seen in parts, so say how their numbers become one: \(merges)")
        }
        let metric = try object.requiredText("metric")
        guard Names.isSnakeCase(metric) else {
            throw object.defect("metric", "must be snake_case such as mean_loss, not '\(metric.prefix(80))'")
        }
        var plan = ForeignEvaluatorPlan(
            call: call, result: result, merge: merge, start: .integer(0), combine: nil, metric: metric,
            unit: try object.text("unit", longest: 64))
        if merge == .fold {
            try readFold(&plan)
        } else {
            for key in ["start", "combine"] where object[key] != nil {
                throw object.defect(key, "belongs to the merge fold, here it is \(merge.rawValue)")
            }
            guard !call.arguments.contains(.scalar(.accumulated)) else {
                throw object.defect("merge", "is \(merge.rawValue), but an argument is \"accumulated\", as in a fold")
            }
        }
        let seesSample = call.arguments.contains {
            switch $0 {
            case .array(.values), .array(.bytes): true
            default: false
            }
        }
        guard seesSample else {
            throw object.defect(
                "arguments",
                "nothing of a sample goes into \(call.signature.name); bind an array to {\"values\": ITEM} "
                    + "or {\"bytes\": ITEM}")
        }
        return plan
    }

    private func resultName() throws(TableDefect) -> (argument: String, place: ForeignEvaluatorPlan.Place)? {
        guard let json = object["result"] else { return nil }
        let result = try ManifestObject(json, object.path("result"), keys: ["argument", "at"])
        return (
            try result.requiredText("argument"), try result.word("at", ForeignEvaluatorPlan.Place.self) ?? .first
        )
    }

    private func result(
        _ call: ForeignCall, _ written: (argument: String, place: ForeignEvaluatorPlan.Place)?
    ) throws(TableDefect) -> ForeignEvaluatorPlan.Result {
        let signature = call.signature
        guard let written else {
            guard case .scalar = signature.result else {
                throw object.defect(
                    "call",
                    "\(signature.name) returns no number; name the array that holds it: \"result\": "
                        + "{\"argument\": NAME, \"at\": \"first\"}")
            }
            guard call.verdict == .ignored else {
                throw object.defect(
                    "result", "what \(signature.name) returns is a status; name the array that holds the number")
            }
            return .value
        }
        guard let index = signature.index(of: written.argument) else {
            throw object.defect(
                "result.argument",
                "'\(written.argument.prefix(60))' is no parameter of \(signature.name)"
                    + suggestion(for: written.argument, among: signature.parameters.map(\.name)))
        }
        guard case .array(_, let direction, _) = signature.parameters[index].type, direction != .input else {
            throw object.defect("result.argument", "'\(written.argument)' is no array that \(signature.name) writes")
        }
        guard hasKnownLength(call, index) else {
            throw object.defect("result.argument", "nothing says how long '\(written.argument)' is; give its length")
        }
        return .element(argument: index, written.place)
    }

    /// Whether an array's length is a number, bound, or that of an array which goes in.
    private func hasKnownLength(_ call: ForeignCall, _ index: Int) -> Bool {
        guard case .array(_, _, let length) = call.signature.parameters[index].type,
            case .parameter(let name) = length, let place = call.signature.index(of: name),
            case .size = call.arguments[place]
        else { return true }
        return zip(call.signature.parameters, call.arguments).contains { parameter, argument in
            guard case .array(_, _, length) = parameter.type, case .array(let content) = argument else { return false }
            return content != .nothing
        }
    }

    /// A fold sees the samples in order, but in parts that begin anew: only a function of the library knows how two parts
    /// become one.
    private func readFold(_ plan: inout ForeignEvaluatorPlan) throws(TableDefect) {
        guard plan.call.arguments.contains(.scalar(.accumulated)) else {
            throw object.defect("merge", "is fold, but no argument is \"accumulated\"")
        }
        guard case .scalar(let scalar) = plan.call.signature.result, plan.result == .value else {
            throw object.defect("merge", "is fold, which goes on with what the function returns; it returns no number")
        }
        if let start = object["start"] {
            guard ForeignNumber(start, scalar) != nil else {
                throw object.defect("start", "must be a number that a \(scalar.name) holds, not \(start.excerpt)")
            }
            plan.start = start
        }
        guard let json = object["combine"] else {
            throw object.defect(
                nil,
                "a fold needs 'combine', a function that joins the values of two parts of the samples, as "
                    + "crc32_combine does; without one, no order of parts gives the number of the whole")
        }
        let entry = try ManifestObject(json, object.path("combine"), keys: CallReader.keys)
        let combine = try calls.call(entry, .combine)
        guard case .scalar(let joined) = combine.signature.result, joined.kind == scalar.kind,
            combine.verdict == .ignored
        else { throw entry.defect("call", "must return a number as \(plan.call.signature.name) does") }
        for (value, name) in [(ForeignCall.Value.accumulated, "accumulated"), (.other, "other")] {
            guard combine.arguments.contains(.scalar(value)) else {
                throw entry.defect("arguments", "no argument is \"\(name)\"")
            }
        }
        plan.combine = combine
    }
}
