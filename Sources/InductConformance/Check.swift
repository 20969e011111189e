// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// One thing that must be true of a plugin or of its part, whatever it computes.
struct Check: Sendable {
    /// Stable, kebab-case.
    let id: String
    /// nil: of the plugin as a whole.
    let kind: PluginKind?
    /// One line: what must be true.
    let claim: String
    /// Looks at one instance of the part.
    ///
    /// - Returns: text that must be the same in every process; nil for nothing to compare.
    /// - Throws: `CheckFailure` when the claim is false, `CheckSkipped` when it cannot be tried, and what the plugin gives.
    let body: @Sendable (Subject) throws -> String?

    init(_ id: String, _ kind: PluginKind?, _ claim: String, _ body: @escaping @Sendable (Subject) throws -> Void) {
        self.init(id: id, kind: kind, claim: claim) { subject in
            try body(subject)
            return nil
        }
    }

    /// A check whose body gives what must be the same in every process.
    static func betweenProcesses(
        _ id: String, _ kind: PluginKind, _ claim: String, _ body: @escaping @Sendable (Subject) throws -> String
    ) -> Check {
        Check(id: id, kind: kind, claim: claim, body: body)
    }

    private init(
        id: String, kind: PluginKind?, claim: String, body: @escaping @Sendable (Subject) throws -> String?
    ) {
        self.id = id
        self.kind = kind
        self.claim = claim
        self.body = body
    }

    /// All of them, by kind in the order in which they are run.
    static let all: [Check] =
        libraryChecks + creationChecks + borderChecks + sourceChecks + oracleChecks + modelChecks + gateChecks
        + evaluatorChecks

    /// Ids of those that look at a plugin's library.
    static let ofLibraries = Set(libraryChecks.map(\.id))
    /// Ids of those that look at a part's tables, and at what its calls do to the process.
    static let ofTables = Set(borderChecks.map(\.id))
}

/// The claim of a check is false; says how.
struct CheckFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// The claim of a check cannot be tried on this part; says why.
struct CheckSkipped: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Fails the check when the condition is false.
func require(_ condition: Bool, _ message: @autoclosure () -> String) throws(CheckFailure) {
    guard condition else { throw CheckFailure(message()) }
}

/// What came of a check.
package struct CheckResult: Equatable, Sendable {
    package enum Status: String, Sendable {
        case passed
        case failed
        case skipped
    }

    /// The check's, or "loads" for the plugin as a whole.
    package var id: String
    /// "source noisy-cycle"; nil for the plugin as a whole.
    package var part: String?
    package var status: Status
    /// What is wrong, or why it was skipped; the claim when it passed.
    package var message: String

    /// An entry of `plugins check --format json`.
    package var json: JSON {
        [
            "id": .string(id), "part": .optional(part), "status": .string(status.rawValue),
            "message": .string(message),
        ]
    }
}
