// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

/// A pre-norm decoder-only transformer over tokens, computed by the host's kernels.
///
/// It has no state beside its options and constant tables: everything a pass writes lies in the pass.
final class Transformer: Architecture {
    static let name = "transformer"
    static let summary = "a pre-norm decoder-only transformer over tokens"

    let options: TransformerOptions
    let layout: ParameterLayout
    let kernels: Kernels
    /// Index of the input "tokens" in the schema.
    let tokensIndex: Int
    /// `[maximumLength, width]`.
    let sinusoidalPositions: ConstantTable?
    /// `[maximumLength, headSize / 2]`.
    let rotaryCosine: ConstantTable?
    let rotarySine: ConstantTable?
    /// "embedding", "blocks.i.residual", "final_norm".
    let activations: [Point]
    /// "blocks.i.attention".
    let attention: [Point]

    init(_ creation: Creation) throws {
        let (options, tokensIndex) = try TransformerOptions.read(creation)
        self.options = options
        self.tokensIndex = tokensIndex
        kernels = try Kernels(creation.host, for: "transformer")
        layout = ParameterLayout(options)
        switch options.positions {
        case .sinusoidal:
            sinusoidalPositions = ConstantTable(
                Sinusoids.table(length: options.maximumLength, width: options.width, base: options.positionBase))
            (rotaryCosine, rotarySine) = (nil, nil)
        case .rotary:
            let angles = Sinusoids(length: options.maximumLength, size: options.headSize, base: options.positionBase)
            (rotaryCosine, rotarySine) = (ConstantTable(angles.cosine), ConstantTable(angles.sine))
            sinusoidalPositions = nil
        case .learned, .none:
            (sinusoidalPositions, rotaryCosine, rotarySine) = (nil, nil, nil)
        }
        let stream: [Dimension] = [.batch, .length, .constant(options.width)]
        activations =
            [Point("embedding", stream)] + (0..<options.layers).map { Point("blocks.\($0).residual", stream) }
            + [Point("final_norm", stream)]
        attention = (0..<options.layers).map {
            Point("blocks.\($0).attention", [.batch, .constant(options.heads), .length, .length])
        }
    }

    var output: OutputKind { .logits }
    var modelParameters: [ModelParameter] { layout.parameters }
    var interventions: [Point] { activations }

    func workspaceSize(mode: PassMode, count: Int, length: Int) -> Int {
        workspaceLayout(mode: mode, count: count, length: length).size * MemoryLayout<Float>.stride
    }

    func workspaceLayout(mode: PassMode, count: Int, length: Int) -> WorkspaceLayout {
        WorkspaceLayout(
            options, trains: mode == .train, count: count, length: length, scratchBytes: kernels.scratchSize)
    }
}
