// SPDX-License-Identifier: Apache-2.0

import InductHost
import Testing

/// Every evaluator that a manifest cannot make is refused, by its reason.
@Suite struct ForeignEvaluatorManifestTests {
    /// An evaluator, what it says beside its call, and what is wrong with it.
    @Test(arguments: [
        (
            "double f(const double v[n], size_t n)", "{\"v\": {\"values\": \"losses\"}}", "\"metric\": \"m\"",
            "'merge' is missing: samples are seen in parts"
        ),
        (
            "double f(const double v[n], size_t n)", "{\"v\": {\"values\": \"losses\"}}",
            "\"metric\": \"m\", \"merge\": \"median\"", "must be one of sum, mean, minimum, maximum, fold"
        ),
        (
            "double f(const double v[n], size_t n)", "{\"v\": {\"values\": \"losses\"}}",
            "\"metric\": \"m\", \"merge\": \"fold\"", "is fold, but no argument is \"accumulated\""
        ),
        (
            "double f(double a, const double v[n], size_t n)",
            "{\"a\": \"accumulated\", \"v\": {\"values\": \"losses\"}}", "\"metric\": \"m\", \"merge\": \"fold\"",
            "a fold needs 'combine', a function that joins"
        ),
        (
            "double f(double a, const double v[n], size_t n)",
            "{\"a\": \"accumulated\", \"v\": {\"values\": \"losses\"}}", "\"metric\": \"m\", \"merge\": \"sum\"",
            "is sum, but an argument is \"accumulated\""
        ),
        (
            "double f(double a, const double v[n], size_t n)",
            "{\"a\": \"accumulated\", \"v\": {\"values\": \"losses\"}}",
            "\"metric\": \"m\", \"merge\": \"fold\", \"combine\": {\"call\": \"double g(double a)\", \"arguments\": {\"a\": \"accumulated\"}}",
            "no argument is \"other\""
        ),
        (
            "double f(double a)", "{\"a\": {\"constant\": 1}}", "\"metric\": \"m\", \"merge\": \"sum\"",
            "nothing of a sample goes into f"
        ),
        (
            "double f(const double v[n], size_t n)", "{\"v\": {\"values\": \"losses\"}}",
            "\"metric\": \"M\", \"merge\": \"sum\"", "must be snake_case such as mean_loss, not 'M'"
        ),
        (
            "void f(const double v[n], size_t n)", "{\"v\": {\"values\": \"losses\"}}",
            "\"metric\": \"m\", \"merge\": \"sum\"", "f returns no number; name the array that holds it"
        ),
        (
            "void f(const double v[n], size_t n)", "{\"v\": {\"values\": \"losses\"}}",
            "\"metric\": \"m\", \"merge\": \"sum\", \"result\": {\"argument\": \"v\"}", "'v' is no array that f writes"
        ),
        (
            "void f(const double v[n], size_t n)", "{\"v\": {\"values\": \"losses\"}}",
            "\"metric\": \"m\", \"merge\": \"sum\", \"result\": {\"argument\": \"w\"}", "'w' is no parameter of f"
        ),
        (
            "double f(const int v[n], size_t n)", "{\"v\": {\"bytes\": \"tokens\"}}",
            "\"metric\": \"m\", \"merge\": \"sum\"", "bytes go into an array of unsigned char"
        ),
        (
            "double f(const double v[n], unsigned seed, size_t n)",
            "{\"v\": {\"values\": \"losses\"}, \"seed\": \"seed\"}", "\"metric\": \"m\", \"merge\": \"sum\"",
            "is bound to \"seed\"; in an evaluator's call it can be"
        ),
        (
            "double f(const double v[n], size_t n, out double w[k], int k)", "{\"v\": {\"values\": \"losses\"}}",
            "\"metric\": \"m\", \"merge\": \"sum\", \"result\": {\"argument\": \"w\"}", "nothing says how long 'w' is"
        ),
    ])
    func evaluatorsAreRefusedByTheirReason(signature: String, arguments: String, more: String, expected: String) throws
    {
        let part =
            "{\"kind\": \"evaluator\", \"name\": \"e\", \"call\": \"\(signature)\", \"arguments\": \(arguments), \(more)}"
        let reason = try ForeignManifest.refusal(ForeignManifest.text(part), try ForeignManifest.workshop.get())
        #expect(reason?.contains(expected) == true, "\(reason ?? "ready")")
    }
}
