// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Reads the calls of one part of a manifest, and holds every binding to the parameter that it is for.
struct CallReader {
    /// What a call is for; it decides what its arguments may be.
    enum Use: String {
        case source = "a source's call"
        case beforeSample = "a call before each sample"
        case handle = "a call that makes or frees a handle"
        case evaluator = "an evaluator's call"
        case combine = "a call that combines two parts"
    }

    let config: ConfigSchema
    /// Bytes by name.
    var buffers: [String: Int] = [:]
    /// Types of the handles that were read so far.
    var handles: [String] = []

    static let keys = ["call", "arguments", "success", "failure", "message"]

    /// A call whose `unbound` arrays are left to be read by the host.
    func call(
        _ object: ManifestObject, _ use: Use, unbound: Set<String> = []
    ) throws(TableDefect) -> ForeignCall {
        let text = try object.requiredText("call")
        let signature = try object.located("call") { () throws(TableDefect) in try ForeignSignature(parsing: text) }
        let bindings = try ManifestObject(object["arguments"] ?? .object([]), object.path("arguments"))
        let names = signature.parameters.map(\.name)
        for member in bindings.members where !names.contains(member.key) {
            throw bindings.defect(
                nil,
                "'\(member.key.prefix(60))' is no parameter of \(signature.name)"
                    + (suggestion(for: member.key, among: names).nonEmpty
                        ?? "; it has \(names.isEmpty ? "none" : names.joined(separator: ", "))"))
        }
        var arguments: [ForeignCall.Argument] = []
        for (index, parameter) in signature.parameters.enumerated() {
            let reader = BindingReader(
                calls: self, use: use, signature: signature, parameter: parameter, bindings: bindings,
                isRead: unbound.contains(parameter.name))
            arguments.append(try reader.argument(at: index))
        }
        return ForeignCall(
            signature: signature, arguments: arguments, verdict: try verdict(object, signature, use),
            message: try message(object))
    }

    private func verdict(
        _ object: ManifestObject, _ signature: ForeignSignature, _ use: Use
    ) throws(TableDefect) -> ForeignCall.Verdict {
        let success = try integers(object, "success")
        let failure = try integers(object, "failure")
        guard success == nil || failure == nil else {
            throw object.defect(nil, "give success or failure, not both: all other values are the opposite")
        }
        if case .opaque = signature.result {
            guard success == nil, failure == nil else {
                throw object.defect(
                    "call", "\(signature.name) gives a pointer, which fails by NULL; leave out success and failure")
            }
            return .notNull
        }
        guard let values = success ?? failure else { return .ignored }
        guard case .scalar(let scalar) = signature.result, scalar.isInteger else {
            throw object.defect(
                success == nil ? "failure" : "success", "\(signature.name) gives no integer that could be a status")
        }
        return success == nil ? .failure(values) : .success(values)
    }

    private func integers(_ object: ManifestObject, _ key: String) throws(TableDefect) -> [Int64]? {
        guard let list = try object.list(key) else { return nil }
        var values: [Int64] = []
        for value in list {
            guard case .integer(let integer) = value else {
                throw object.defect(key, "must be a list of integers; \(value.excerpt) is none")
            }
            values.append(integer)
        }
        guard !values.isEmpty else { throw object.defect(key, "must name at least one value") }
        return values
    }

    private func message(_ object: ManifestObject) throws(TableDefect) -> ForeignSignature? {
        guard let text = try object.text("message") else { return nil }
        guard object["success"] != nil || object["failure"] != nil else {
            throw object.defect("message", "there is no status to put into words; give success or failure")
        }
        let signature = try object.located("message") { () throws(TableDefect) in
            try ForeignSignature(parsing: text)
        }
        guard signature.result == .text, signature.parameters.count == 1,
            case .scalar(let scalar) = signature.parameters[0].type, scalar.isInteger
        else {
            throw object.defect("message", "must have the form const char *name(int status)")
        }
        return signature
    }
}
