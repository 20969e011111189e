// SPDX-License-Identifier: Apache-2.0

package import InductCore
package import InductHost

/// Checks a plugin, every check in a child process of its own with a time limit, so that none can harm another.
package struct Conformance {
    let listing: PluginListing
    /// The library's file; nil when the plugin was refused.
    let library: String?
    private let form: PluginForm
    /// The executable `induct`, and what it takes besides to find the plugin.
    let executable: String
    let arguments: [String]
    let seed: UInt64
    /// Seconds that a check may take.
    let limit: Double
    /// Ids of the checks to run; empty = all.
    let only: Set<String>

    /// - Parameters:
    ///   - listing: of the plugin
    ///   - host: that lists it
    ///   - executable: `induct`; its hidden `check-plugin` answers for one check
    ///   - arguments: options of the host, such as `--plugin`
    ///   - seed: of everything random
    ///   - limit: seconds that a check may take
    ///   - only: ids of the checks to run; empty = all
    package init(
        listing: PluginListing, host: PluginHost, executable: String, arguments: [String], seed: UInt64, limit: Double,
        only: Set<String> = []
    ) {
        self.listing = listing
        let inspection = PluginInspection(listing, of: host)
        library = inspection?.library
        form = inspection?.form ?? .library
        self.executable = executable
        self.arguments = arguments
        self.seed = seed
        self.limit = limit
        self.only = only
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
        for check in selected where check.kind == nil { report(result(of: check, nil)) }
        for part in listing.provides {
            for check in selected where check.kind == part.kind { report(result(of: check, part)) }
        }
    }

    private var selected: [Check] {
        Check.all.filter { only.isEmpty || only.contains($0.id) }
    }

    private func result(of check: Check, _ part: PluginListing.Part?) -> CheckResult {
        if let reason = check.reasonToSkip(for: form) {
            return CheckResult(id: check.id, part: Self.title(part), status: .skipped, message: reason)
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
        _ check: Check, _ part: PluginListing.Part?, environment: [String: String]
    ) -> (result: CheckResult, evidence: String?) {
        let child = child(
            [check.id, subject(part), "--seed", "\(seed)"], limit: limit * listing.runtime.patience,
            environment: environment)
        let (output, end) = child.run()
        var result = CheckResult(id: check.id, part: Self.title(part), status: .failed, message: check.claim)
        let evidence = Self.read(output, end, of: child, into: &result)
        return (result, evidence)
    }

    /// `check-plugin` with these arguments, and what the plugin needs.
    func child(_ words: [String], limit: Double, environment: [String: String] = [:]) -> ChildProcess {
        ChildProcess(
            executable: executable, arguments: ["check-plugin"] + words + arguments, limit: limit,
            environment: environment.merging(sanitizer) { $1 }, joinsErrors: true)
    }

    /// "source biased-coin"; nil for the plugin as a whole.
    static func title(_ part: PluginListing.Part?) -> String? { part.map { "\($0.kind.name) \($0.name)" } }

    /// Reads a child's answer into `result`; what must be the same in every process is returned.
    static func read(
        _ output: [UInt8], _ end: ChildProcess.End, of child: ChildProcess, into result: inout CheckResult
    ) -> String? {
        switch end {
        case .notStarted(let reason): result.message = reason
        case .slow: result.message = "it took longer than \(child.limit) s"
        case .talkative: result.message = "it wrote more than \(child.mostBytes) bytes"
        case .signal(let signal): result.message = "it crashed with \(signal)"
        case .code(let code):
            if let finding = SanitizerRuntime.finding(in: String(decoding: output, as: UTF8.self)) {
                result.message = finding
                return nil
            }
            // The answer is the last line; what comes before it, a plugin has written.
            let last = String(decoding: output, as: UTF8.self).split(separator: "\n").last.map(String.init) ?? ""
            guard let json = try? JSON(parsing: last), let word = json["status"]?.string,
                let status = CheckResult.Status(rawValue: word)
            else {
                result.message = last.isEmpty ? "it ended early, with exit code \(code)" : last
                return nil
            }
            result.status = status
            if let message = json["message"]?.string { result.message = message }
            return json["evidence"]?.string
        }
        return nil
    }

    /// What the environment of a child needs for a library that was built with AddressSanitizer.
    private var sanitizer: [String: String] {
        library.flatMap { SanitizerRuntime(neededBy: $0) }?.environment ?? [:]
    }

    /// How the child is told what to look at: "org.example.coins/source/biased-coin", or the plugin's id alone.
    func subject(_ part: PluginListing.Part?) -> String {
        let id = listing.id ?? ""
        return part.map { "\(id)/\($0.kind.name)/\($0.name)" } ?? id
    }

    /// The other side: runs one check in this process on every example of the part.
    ///
    /// - Parameters:
    ///   - id: the check's
    ///   - name: the plugin's id, or "id/kind/name" of a part
    ///   - host: with the border as its interposer
    ///   - opener: of the host's parts
    ///   - border: between the host and its plugins
    ///   - seed: of everything random
    /// - Returns: the object that `run` reads: "status", "message", "evidence".
    package static func answer(
        _ id: String, of name: String, host: PluginHost, opener: any PluginOpener, border: Border, seed: UInt64
    ) -> JSON {
        let words = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let kind = words.count == 3 ? PluginKind(name: words[1]) : nil
        guard let check = Check.all.first(where: { $0.id == id && $0.kind == kind }),
            let (listing, inspection) = find(words[0], in: host)
        else { return failed("there is no check '\(id)' of '\(name)'") }
        var evidence = ""
        var skipped: String?
        var tried = 0
        do {
            for spec in try specs(of: words, in: listing) {
                let subject = Subject(opener: opener, spec: spec, seed: seed, border: border, inspection: inspection)
                do {
                    evidence += try check.body(subject) ?? ""
                    tried += 1
                } catch let error as CheckSkipped {
                    skipped = error.description
                } catch HostError.badFile(let message) {
                    skipped = "the example needs a file: \(message)"
                } catch {
                    return failed(kind == nil ? "\(error)" : "\(spec.description): \(error)")
                }
            }
        } catch {
            return failed("\(error)")
        }
        if tried == 0 { return ["status": "skipped", "message": .string(skipped ?? "it has no example to try")] }
        return evidence.isEmpty ? ["status": "passed"] : ["status": "passed", "evidence": .string(evidence)]
    }

    /// The plugin of a host with this id.
    static func find(_ id: String, in host: PluginHost) -> (listing: PluginListing, inspection: PluginInspection)? {
        host.catalogue().first { $0.id == id && $0.isReady }.flatMap { listing in
            PluginInspection(listing, of: host).map { (listing, $0) }
        }
    }

    static func failed(_ message: String) -> JSON { ["status": "failed", "message": .string(message)] }

    /// What a part is tried with: the examples of its schema, or its bare name; a plugin as a whole is tried once.
    static func specs(of words: [String], in listing: PluginListing) throws -> [PluginSpec] {
        guard words.count == 3 else { return [PluginSpec(name: words[0])] }
        let part = listing.provides.first { $0.kind.name == words[1] && $0.name == words[2] }
        guard let part else { return [] }
        let schema = part.configSchema.isNull ? try ConfigSchema(parsing: nil) : try ConfigSchema(part.configSchema)
        let texts = schema.examples.isEmpty ? [part.name] : schema.examples
        return try texts.map { text in
            var spec = try PluginSpec(parsing: text)
            if spec.name == part.name { spec.name = "\(words[0])/\(part.name)" }
            return spec
        }
    }
}
