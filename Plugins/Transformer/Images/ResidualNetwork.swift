// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// A residual network without batch normalisation, from images to vectors.
///
///     x_0     = largest of 3 by 3, every second (stem: convolution 7 by 7, every second pixel)
///     x_(b+1) = shortcut + gain_b expand(relu(middle(relu(reduce(relu(x_b))))))      1 by 1, 3 by 3, 1 by 1
///     vector  = mean over the pixels of relu(x_last)
///
/// A group's blocks give `channels` of it, a quarter of them inside; the first block of every group but the first moves by
/// two pixels. The shortcut is x_b, or a convolution of relu(x_b) of one pixel where the size changes. gain begins at 0, so
/// that the network begins as its shortcuts, which is what keeps it trainable without normalisation; weights are He-normal.
///
/// Sources: K. He et al., "Identity mappings in deep residual networks", 2016, arXiv 1603.05027; S. De, S. Smith, "Batch
/// normalization biases residual blocks towards the identity function in deep networks", 2020, arXiv 2002.10444 (the gain).
struct ResidualNetwork: Sendable {
    /// One bottleneck, and where its parameters begin within the network's.
    struct Block: Sendable {
        let reduce: Convolution
        let middle: Convolution
        let expand: Convolution
        let shortcut: Convolution?
        let first: Int

        var input: ImageShape { reduce.input }
        var output: ImageShape { expand.output }
        /// Index of the gain; weight and bias of reduce, middle, expand and shortcut follow it.
        var gain: Int { first }
        func weight(_ layer: Int) -> Int { first + 1 + 2 * layer }
        func bias(_ layer: Int) -> Int { first + 2 + 2 * layer }
    }

    let stem: Convolution
    let pooling: MaximumPooling
    let blocks: [Block]
    let average: RectifiedAverage
    let parameters: [ModelParameter]

    /// - Parameters:
    ///   - image: what it reads.
    ///   - name: what its parameters' names begin with.
    ///   - groups: blocks and channels of each group, at least one.
    init(_ image: ImageShape, name: String, groups: [(blocks: Int, channels: Int)]) {
        var parameters: [ModelParameter] = []
        func add(_ name: String, _ convolution: Convolution) {
            let inputs = convolution.layer.inputs
            let shape = [
                convolution.output.channels, convolution.size, convolution.size, convolution.input.channels,
            ]
            parameters.append(
                ModelParameter(
                    "\(name).weight", shape, .normal(mean: 0, deviation: (2 / Double(inputs)).squareRoot())))
            parameters.append(ModelParameter("\(name).bias", [convolution.output.channels], .zeros, isDecayed: false))
        }
        stem = Convolution(image, outputs: groups.first?.channels ?? image.channels, size: 7, stride: 2)
        pooling = MaximumPooling(stem.output)
        add("\(name).stem", stem)
        var blocks: [Block] = []
        var shape = pooling.output
        for (index, group) in groups.enumerated() {
            for number in 0..<group.blocks {
                let stride = index > 0 && number == 0 ? 2 : 1
                let inner = max(1, group.channels / 4)
                let reduce = Convolution(shape, outputs: inner, size: 1)
                let middle = Convolution(reduce.output, outputs: inner, size: 3, stride: stride)
                let expand = Convolution(middle.output, outputs: group.channels, size: 1)
                let changes = expand.output != shape
                let shortcut = changes ? Convolution(shape, outputs: group.channels, size: 1, stride: stride) : nil
                let prefix = "\(name).groups.\(index).blocks.\(number)"
                blocks.append(
                    Block(
                        reduce: reduce, middle: middle, expand: expand, shortcut: shortcut, first: parameters.count))
                parameters.append(ModelParameter("\(prefix).gain", [1], .zeros, isDecayed: false))
                add("\(prefix).reduce", reduce)
                add("\(prefix).middle", middle)
                add("\(prefix).expand", expand)
                if let shortcut { add("\(prefix).shortcut", shortcut) }
                shape = expand.output
            }
        }
        self.blocks = blocks
        self.parameters = parameters
        average = RectifiedAverage(input: shape)
    }

    /// Floats that it gives for an image.
    var outputs: Int { average.input.channels }
}
