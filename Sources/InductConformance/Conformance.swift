// SPDX-License-Identifier: Apache-2.0

package import InductCore
package import InductHost

/// Checks a plugin, every check in a child process of its own with a time limit, so that none can harm another.
package struct Conformance {
    let listing: PluginListing
    /// The executable `induct`, and what it takes besides to find the plugin.
    let executable: String
    let arguments: [String]
    let seed: UInt64
    /// Seconds that a check may take.
    let limit: Double

    /// - Parameters:
    ///   - listing: of the plugin
    ///   - executable: `induct`; its hidden `check-plugin` answers for one check
    ///   - arguments: options of the host, such as `--plugin`
    ///   - seed: of everything random
    ///   - limit: seconds that a check may take
    package init(listing: PluginListing, executable: String, arguments: [String], seed: UInt64, limit: Double) {
        self.listing = listing
        self.executable = executable
        self.arguments = arguments
        self.seed = seed
        self.limit = limit
    }

    /// The checks' ids with what each claims, in order, each once.
    package static var claims: [(id: String, claim: String)] {
        var seen: Set<String> = []
        return Check.all.filter { seen.insert($0.id).inserted }.map { ($0.id, $0.claim) }
    }

    /// Runs all checks that fit the plugin's parts.
    ///
    /// - Parameter report: told of each result as it comes.
    package func run(_ report: (CheckResult) -> Void) {
        if let reason = listing.reason {
            report(CheckResult(id: "loads", part: nil, status: .failed, message: reason))
            return
        }
        report(
            CheckResult(
                id: "loads", part: nil, status: .passed, message: "it is described in a process of its own"))
        for part in listing.provides {
            for check in Check.all where check.kind == part.kind { report(result(of: check, part)) }
        }
    }

    private func result(of check: Check, _ part: PluginListing.Part) -> CheckResult {
        if let reason = check.reasonToSkip(for: listing.runtime) {
            return CheckResult(
                id: check.id, part: "\(part.kind.name) \(part.name)", status: .skipped, message: reason)
        }
        let first = answer(check, part, environment: [:])
        var result = first.result
        guard result.status == .passed, let evidence = first.evidence else { return result }
        // Memory that is not zero, and a comma for the decimal point where the system knows such a locale.
        let second = answer(check, part, environment: ["MALLOC_PERTURB_": "165", "LC_ALL": "de_DE.UTF-8"])
        guard second.result.status == .passed, let other = second.evidence else { return second.result }
        if other != evidence {
            result.status = .failed
            result.message = "another process gives something else; depend on nothing but what the call brings"
        }
        return result
    }

    private func answer(
        _ check: Check, _ part: PluginListing.Part, environment: [String: String]
    ) -> (result: CheckResult, evidence: String?) {
        let child = ChildProcess(
            executable: executable,
            arguments: ["check-plugin", check.id, "\(listing.id ?? "")/\(part.name)", "--seed", "\(seed)"] + arguments,
            limit: limit, environment: environment, joinsErrors: true)
        let (output, end) = child.run()
        var result = CheckResult(
            id: check.id, part: "\(part.kind.name) \(part.name)", status: .failed, message: check.claim)
        switch end {
        case .notStarted(let reason): result.message = reason
        case .slow: result.message = "it took longer than \(limit) s"
        case .talkative: result.message = "it wrote more than \(child.mostBytes) bytes"
        case .signal(let signal): result.message = "it crashed with \(signal)"
        case .code(let code):
            // The answer is the last line; what comes before it, a plugin has written.
            let last = String(decoding: output, as: UTF8.self).split(separator: "\n").last.map(String.init) ?? ""
            guard let json = try? JSON(parsing: last), let word = json["status"]?.string,
                let status = CheckResult.Status(rawValue: word)
            else {
                result.message = last.isEmpty ? "it ended early, with exit code \(code)" : last
                return (result, nil)
            }
            result.status = status
            if let message = json["message"]?.string { result.message = message }
            return (result, json["evidence"]?.string)
        }
        return (result, nil)
    }

    /// The other side: runs one check in this process on every example of the part.
    ///
    /// - Parameters:
    ///   - id: the check's
    ///   - name: the part's, qualified by its plugin's id
    ///   - listings: of all plugins
    ///   - opener: of their parts
    ///   - seed: of everything random
    /// - Returns: the object that `run` reads: "status", "message", "evidence".
    package static func answer(
        _ id: String, part name: String, listings: [PluginListing], opener: any PluginOpener, seed: UInt64
    ) -> JSON {
        let found = listings.flatMap { listing in
            listing.provides.filter { "\(listing.id ?? "")/\($0.name)" == name }
        }
        let pairs = found.flatMap { part in
            Check.all.filter { $0.id == id && $0.kind == part.kind }.map { (part, $0) }
        }
        guard let (part, check) = pairs.first else {
            return ["status": "failed", "message": .string("there is no check '\(id)' of '\(name)'")]
        }
        var evidence = ""
        var skipped: String?
        var tried = 0
        do {
            for spec in try specs(of: part, qualified: name) {
                let subject = Subject(opener: opener, spec: spec, seed: seed)
                do {
                    evidence += try check.body(subject) ?? ""
                    tried += 1
                } catch let error as CheckSkipped {
                    skipped = error.description
                } catch HostError.badFile(let message) {
                    skipped = "the example needs a file: \(message)"
                } catch {
                    return ["status": "failed", "message": .string("\(spec.description): \(error)")]
                }
            }
        } catch {
            return ["status": "failed", "message": .string("\(error)")]
        }
        if tried == 0 { return ["status": "skipped", "message": .string(skipped ?? "it has no example to try")] }
        return evidence.isEmpty ? ["status": "passed"] : ["status": "passed", "evidence": .string(evidence)]
    }

    /// What a part is tried with: the examples of its schema, or its bare name.
    private static func specs(of part: PluginListing.Part, qualified name: String) throws -> [PluginSpec] {
        let schema = part.configSchema.isNull ? try ConfigSchema(parsing: nil) : try ConfigSchema(part.configSchema)
        let texts = schema.examples.isEmpty ? [part.name] : schema.examples
        return try texts.map { text in
            var spec = try PluginSpec(parsing: text)
            if spec.name == part.name { spec.name = name }
            return spec
        }
    }
}
