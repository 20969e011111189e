// SPDX-License-Identifier: Apache-2.0

import InductLab

/// One line on the terminal that is written over as a run goes on; nothing where standard error is no terminal.
final class ProgressLine {
    private let isShown: Bool
    private let label: String
    private var hasText = false

    init(label: String, isShown: Bool = StandardError.isTerminal) {
        self.label = label
        self.isShown = isShown
    }

    func show(_ progress: RunProgress) {
        guard isShown else { return }
        var parts = ["step \(progress.step)/\(progress.steps)"]
        if let loss = progress.loss { parts.append("loss \(loss.fixed(4))") }
        if let rate = progress.stepsPerSecond {
            parts.append("\(rate.significant(3)) steps/s")
            parts.append(Self.duration(Double(progress.steps - progress.step) / rate) + " left")
        }
        switch progress.phase {
        case .training: break
        case .evaluating(let name): parts.append("evaluating \(name)")
        case .saving: parts.append("saving")
        }
        StandardError.replaceLine(by: "\(label)\(parts.joined(separator: "  "))")
        hasText = true
    }

    /// Clears the line, so that something else can be written.
    func clear() {
        guard hasText else { return }
        StandardError.replaceLine(by: "")
        hasText = false
    }

    /// "42 s", "3 min 20 s", "2 h 5 min".
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "?" }
        let whole = Int(seconds.rounded(.up))
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3600) h \(whole / 60 % 60) min"
    }
}
