// SPDX-License-Identifier: Apache-2.0

package import InductCore
package import InductHost

extension Conformance {
    /// Tries every part with random configurations and calls.
    ///
    /// Each case has a seed of its own, `seed`, `seed` + 1, ...; the first that fails ends the part's trial and is named.
    ///
    /// - Parameters:
    ///   - plan: how many cases, or how many seconds, for every part
    ///   - report: told of each part's result as it comes
    package func fuzz(_ plan: FuzzPlan, _ report: (CheckResult) -> Void) {
        guard listing.isReady, library != nil else { return run(report) }
        for part in listing.provides { report(fuzz(plan, part)) }
    }

    private func fuzz(_ plan: FuzzPlan, _ part: PluginListing.Part) -> CheckResult {
        let (amount, time): ([String], Double) =
            switch plan {
            case .cases(let count): (["--cases", "\(count)"], limit + Double(count))
            case .seconds(let seconds): (["--seconds", "\(seconds)"], limit + seconds)
            }
        let child = child(["fuzz", subject(part), "--seed", "\(seed)"] + amount, limit: time)
        let (output, end) = child.run()
        var result = CheckResult(id: "fuzz", part: Self.title(part), status: .failed, message: "")
        let evidence = Self.read(output, end, of: child, into: &result)
        if result.status == .passed {
            result.message = "\(evidence ?? "no") cases from the seed \(seed) on"
        } else if result.status == .failed {
            let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
            let last = lines.last { $0.hasPrefix("case ") }?.dropFirst(5) ?? "\(seed)"
            result.message = "\(result.message); the case is made again by --fuzz 1 --seed \(last)"
        }
        return result
    }

    /// The other side: tries one part, and tells the seed of each case before it begins.
    ///
    /// - Parameters:
    ///   - name: "id/kind/name" of the part
    ///   - plan: how many cases, or how many seconds
    ///   - host: with the border as its interposer
    ///   - opener: of the host's parts
    ///   - border: between the host and its plugins
    ///   - seed: of the first case
    ///   - announce: told of each case before it begins
    /// - Returns: the object that `fuzz` reads: "status", "message", and in "evidence" the number of cases.
    package static func fuzzAnswer(
        of name: String, plan: FuzzPlan, host: PluginHost, opener: any PluginOpener, border: Border, seed: UInt64,
        announce: (String) throws -> Void
    ) -> JSON {
        let words = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 3, let (listing, inspection) = find(words[0], in: host),
            let part = listing.provides.first(where: { $0.kind.name == words[1] && $0.name == words[2] })
        else { return failed("there is no part '\(name)'") }
        do {
            let schema =
                part.configSchema.isNull ? try ConfigSchema(parsing: nil) : try ConfigSchema(part.configSchema)
            let examples = try specs(of: words, in: listing)
            let watch = Stopwatch()
            var count = 0
            while true {
                switch plan {
                case .cases(let most) where count >= most: break
                case .seconds(let seconds) where watch.seconds >= seconds && count > 0: break
                default:
                    let seed = seed &+ UInt64(count)
                    try announce("case \(seed)\n")
                    let example = examples[Int(seed % UInt64(examples.count))]
                    let trial = FuzzCase(seed: seed, part: part, schema: schema, example: example)
                    try trial.run(
                        Subject(opener: opener, spec: example, seed: seed, border: border, inspection: inspection))
                    count += 1
                    continue
                }
                return ["status": "passed", "evidence": .string("\(count)")]
            }
        } catch {
            return failed("\(error)")
        }
    }
}
