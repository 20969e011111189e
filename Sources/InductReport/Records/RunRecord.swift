// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// What a run directory says about itself: run.json and metrics.jsonl.
package struct RunRecord: Sendable {
    package var directory: String
    /// run.json, whole.
    package var description: JSON
    /// In the order of the file.
    package var metrics: [MetricRecord]
    /// A last line without its end was left out: the run was stopped while writing it.
    package var isTruncated: Bool

    package init(directory: String, description: JSON, metrics: [MetricRecord], isTruncated: Bool = false) {
        self.directory = directory
        self.description = description
        self.metrics = metrics
        self.isTruncated = isTruncated
    }

    /// Reads a run directory.
    ///
    /// A metrics.jsonl that ends in the middle of a line is read up to that line, for a run may have been killed while it
    /// wrote; anything else that is not a metric is an error with its line.
    ///
    /// `holdsTraining`: whether the training loss is wanted, most of the file.
    package init(directory: String, holdsTraining: Bool = true) throws(ReportError) {
        let path = directory + "/run.json"
        let description: JSON
        do {
            description = try JSON(parsing: try File.read(path))
        } catch let error as ReportError {
            throw error
        } catch {
            throw .content(path: path, line: nil, reason: "not a description of a run: \(error)")
        }
        guard description.members != nil else {
            throw .content(path: path, line: nil, reason: "not a description of a run: expected an object")
        }
        let (metrics, isTruncated) = try Self.metrics(
            path: directory + "/metrics.jsonl", holdsTraining: holdsTraining)
        self.init(directory: directory, description: description, metrics: metrics, isTruncated: isTruncated)
    }

    private static func metrics(
        path: String, holdsTraining: Bool
    ) throws(ReportError) -> ([MetricRecord], isTruncated: Bool) {
        let text = try File.read(path)
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Substring.init)
        let endsWhole = text.utf8.last == UInt8(ascii: "\n")
        var metrics: [MetricRecord] = []
        for (index, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
            if !holdsTraining && line.utf8.isTrainingLoss { continue }
            let isPartial = index == lines.count - 1 && !endsWhole
            let object: JSON
            do {
                object = try JSON(parsing: String(line))
            } catch {
                if isPartial { return (metrics, true) }
                throw .content(path: path, line: index + 1, reason: "not a metric: \(error)")
            }
            do {
                metrics.append(try MetricRecord(object))
            } catch {
                throw .content(path: path, line: index + 1, reason: "not a metric: \(error.reason)")
            }
        }
        return (metrics, false)
    }
}

extension Substring.UTF8View {
    /// Whether a line holds the loss of training batches, as a run writes it.
    fileprivate var isTrainingLoss: Bool {
        guard let step = firstIndex(of: UInt8(ascii: ",")) else { return false }
        return self[step...].starts(with: #","metric":"loss","evaluation":"training","#.utf8)
    }
}

extension RunRecord {
    /// The records of a metric, in one evaluation or in any, by step.
    package func records(of metric: String, in evaluation: String? = nil) -> [MetricRecord] {
        metrics.filter { $0.metric == metric && (evaluation == nil || $0.evaluation == evaluation) }
            .sorted { $0.step < $1.step }
    }

    /// The evaluations that hold a metric, in the order of their first line.
    package func evaluations(with metric: String) -> [String] {
        var found: [String] = []
        for record in metrics where record.metric == metric && !found.contains(record.evaluation) {
            found.append(record.evaluation)
        }
        return found
    }

    /// What its losses are measured in: "nats", or "squared error" for a regression.
    package var lossUnit: String {
        let losses = [MetricName.meanLoss, MetricName.oracleGap]
        return metrics.lazy.filter { losses.contains($0.metric) }.compactMap(\.unit).first ?? Self.nats
    }

    package static let nats = "nats"

    /// The title of an axis of losses: "loss (nats per token)".
    var lossTitle: String { "loss (\(lossUnit)\(lossUnit == Self.nats ? " per token" : ""))" }

    /// The title of an axis of what the optimal predictor does better.
    var gapTitle: String {
        lossUnit == Self.nats ? "E KL(oracle || model) (nats)" : "distance from the posterior mean (\(lossUnit))"
    }

    /// The recipe as it was written: what readers know the run by.
    var recipe: JSON { description["written"] ?? description["recipe"] ?? description }

    /// The spec of the source, as one line.
    package var source: String? {
        guard let source = recipe["source"], let spec = try? PluginSpec(json: source) else { return nil }
        return spec.description
    }
}
