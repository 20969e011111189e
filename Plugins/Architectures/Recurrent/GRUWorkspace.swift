// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Offsets into a pass's workspace, in floats, every part on a 64-byte boundary; computed, never stored.
///
/// Time comes first: row t * count + s belongs to item t of sample s, so that what happens at one time is one block.
struct GRUWorkspace {
    /// Items of a sample.
    let length: Int
    /// Of the layers' states: `[length, count, width]` each; number 0 is what the first layer reads.
    private let streams: Int
    private let streamSize: Int
    /// Of each layer: `[length, count, 2 width]`, reset gate beside update gate.
    private let gates: Int
    /// Of each layer: n, `[length, count, width]`.
    private let candidates: Int
    /// Of each layer: Un h + cn, `[length, count, width]`.
    private let recurrent: Int
    /// The state before the first item, `[count, width]`.
    let origin: Int
    /// The last layer's states, or their gradients, `[count, length, width]`; of labelled examples unused.
    let last: Int
    /// What `SequenceInput` needs besides.
    let embedded: Int
    /// d loss / d states, then d loss / d inputs, of the layer at hand, `[length, count, width]`.
    let streamGradient: Int
    /// d loss / d what the gates' functions are applied to, `[length, count, 2 width]`.
    let gateGradient: Int
    /// d loss / d what the tanh is applied to, `[length, count, width]`.
    let candidateGradient: Int
    /// d loss / d (Un h + cn), `[length, count, width]`.
    let recurrentGradient: Int
    /// d loss / d the state before, `[count, width]`.
    let carriedGradient: Int
    /// Floats of the whole.
    let size: Int

    init(_ model: GRU, mode: PassMode, count: Int, length: Int) {
        self.length = model.input.length(passLength: length)
        var end = Self.padded((model.kernels.scratchSize + 3) / 4)
        func part(_ floats: Int) -> Int {
            defer { end += Self.padded(floats) }
            return end
        }
        let rows = self.length * count
        streamSize = Self.padded(rows * model.width)
        let layers = model.layers.count
        streams = part((layers + 1) * streamSize)
        gates = part(2 * layers * streamSize)
        candidates = part(layers * streamSize)
        recurrent = part(layers * streamSize)
        origin = part(count * model.width)
        last = part(model.input.predictsLast ? 0 : rows * model.width)
        embedded = part(model.input.workspaceFloats(count: count))
        let backward = mode == .train ? rows * model.width : 0
        streamGradient = part(backward)
        gateGradient = part(2 * backward)
        candidateGradient = part(backward)
        recurrentGradient = part(backward)
        carriedGradient = part(mode == .train ? count * model.width : 0)
        size = end
    }

    func stream(_ layer: Int) -> Int { streams + layer * streamSize }
    func gates(_ layer: Int) -> Int { gates + 2 * layer * streamSize }
    func candidate(_ layer: Int) -> Int { candidates + layer * streamSize }
    func recurrent(_ layer: Int) -> Int { recurrent + layer * streamSize }

    private static func padded(_ floats: Int) -> Int { (floats + 15) & ~15 }
}
