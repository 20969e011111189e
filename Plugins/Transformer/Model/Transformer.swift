// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

/// A decoder-only transformer over tokens or examples, computed by the host's kernels.
///
/// It has no state beside its options and constant tables: everything a pass writes lies in the pass.
final class Transformer: Architecture {
    static let name = "transformer"
    static let summary = "a decoder-only transformer over tokens, labelled examples, or those of a regression"

    let options: TransformerOptions
    let layout: ParameterLayout
    let kernels: Kernels
    /// `[places, width]`.
    let sinusoidalPositions: ConstantTable?
    /// `[maximumLength, headSize / 2]`.
    let rotaryCosine: ConstantTable?
    let rotarySine: ConstantTable?
    /// `[heads]`.
    let slopes: ConstantTable?
    /// `[maximumLength]`: the bucket of each distance; empty without.
    let buckets: [Int32]
    /// "embedding", "blocks.i.residual", and where there is one "final_norm".
    let activations: [Point]
    /// "blocks.i.attention".
    let attention: [Point]

    init(_ creation: Creation) throws {
        let options = try TransformerOptions.read(creation)
        self.options = options
        kernels = try Kernels(creation.host, for: "transformer")
        layout = ParameterLayout(options)
        let length = options.maximumLength
        let base = options.positionBase
        sinusoidalPositions =
            options.positions == .sinusoidal
            ? ConstantTable(Sinusoids.table(length: options.places, width: options.width, base: base)) : nil
        let angles =
            options.positions == .rotary ? Sinusoids(length: length, size: options.headSize, base: base) : nil
        rotaryCosine = angles.map { ConstantTable($0.cosine) }
        rotarySine = angles.map { ConstantTable($0.sine) }
        slopes = options.positions == .alibi ? ConstantTable(RelativePositions.slopes(heads: options.heads)) : nil
        buckets =
            options.positions == .t5
            ? RelativePositions.buckets(
                length: length, buckets: options.positionBuckets, reach: options.positionReach) : []
        let items = options.examples.map { Dimension.constant($0.length) } ?? .length
        let stream: [Dimension] = [.batch, items, .constant(options.width)]
        activations =
            [Point("embedding", stream)] + (0..<options.layers).map { Point("blocks.\($0).residual", stream) }
            + (options.hasFinalNorm && options.examples == nil ? [Point("final_norm", stream)] : [])
        attention = (0..<options.layers).map {
            Point("blocks.\($0).attention", [.batch, .constant(options.heads), items, items])
        }
    }

    var output: OutputKind { options.isRegression ? .values : .logits }
    var modelParameters: [ModelParameter] { layout.parameters }
    var interventions: [Point] { activations }

    func workspaceSize(mode: PassMode, count: Int, length: Int) -> Int {
        workspaceLayout(mode: mode, count: count, length: options.examples?.length ?? length).size
            * MemoryLayout<Float>.stride
    }

    /// Rows of the stream for one sample of this pass.
    func length(_ pass: borrowing Pass) -> Int { options.examples?.length ?? pass.length }

    /// Rows of the stream.
    func rows(_ pass: borrowing Pass) -> Int { pass.count * length(pass) }

    /// Rows of the outputs.
    func outputRows(_ pass: borrowing Pass) -> Int { options.examples.map { pass.count * $0.positions } ?? rows(pass) }

    func workspaceLayout(mode: PassMode, count: Int, length: Int) -> WorkspaceLayout {
        WorkspaceLayout(
            options, trains: mode == .train, count: count, length: length, scratchBytes: kernels.scratchSize)
    }
}
