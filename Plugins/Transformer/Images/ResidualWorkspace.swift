// SPDX-License-Identifier: Apache-2.0

/// Offsets into the memory of a residual network's passes over some images, in floats; computed, never stored.
///
///     patches | stem | x_0 | block 0: relu(x_0), two inner images, branch, x_1 | block 1 ... | vectors | gradients
struct ResidualWorkspace {
    private let images: Int
    private let network: ResidualNetwork
    let patches = 0
    let stem: Int
    private let firstBlock: Int
    /// `[images, outputs]`: the vectors, and d loss / d those.
    let vectors: Int
    let vectorGradients: Int
    /// Three of the largest image's size, for gradients on their way down.
    let gradients: (Int, Int, Int)
    let size: Int

    init(_ network: ResidualNetwork, images: Int, trains: Bool) {
        self.images = images
        self.network = network
        let convolutions = network.blocks.largest { block in
            max(block.middle.patchFloats, block.shortcut?.patchFloats ?? 0)
        }
        var end = Self.padded(max(network.stem.patchFloats, convolutions))
        func take(_ floats: Int) -> Int {
            defer { end += Self.padded(floats) }
            return end
        }
        stem = take(images * network.stem.output.floats)
        firstBlock = take(images * network.pooling.output.floats)
        for block in network.blocks { _ = take(Self.size(of: block, images: images)) }
        vectors = take(images * network.outputs)
        vectorGradients = take(trains ? images * network.outputs : 0)
        let floatsOfImage = network.blocks.largest { max($0.input.floats, $0.output.floats, $0.reduce.output.floats) }
        let floats = trains ? images * max(network.stem.output.floats, network.average.input.floats, floatsOfImage) : 0
        gradients = (take(floats), take(floats), take(floats))
        size = end
    }

    /// Of one block's parts.
    struct Part {
        /// x_b `[images, input]`.
        let x: Int
        let rectified: Int
        let reduced: Int
        let middle: Int
        let branch: Int
        /// x_(b+1).
        let output: Int
    }

    func part(_ index: Int) -> Part {
        var x = firstBlock
        var start = firstBlock + Self.padded(images * network.pooling.output.floats)
        for number in 0..<index {
            let block = network.blocks[number]
            start += Self.padded(Self.size(of: block, images: images))
            x = start - Self.padded(images * block.output.floats)
        }
        let block = network.blocks[index]
        let rectified = start
        let reduced = rectified + Self.padded(images * block.input.floats)
        let middle = reduced + Self.padded(images * block.reduce.output.floats)
        let branch = middle + Self.padded(images * block.middle.output.floats)
        let output = branch + Self.padded(images * block.output.floats)
        return Part(x: x, rectified: rectified, reduced: reduced, middle: middle, branch: branch, output: output)
    }

    /// What the average reads.
    var last: Int { network.blocks.isEmpty ? firstBlock : part(network.blocks.count - 1).output }

    private static func size(of block: ResidualNetwork.Block, images: Int) -> Int {
        padded(images * block.input.floats) + padded(images * block.reduce.output.floats)
            + padded(images * block.middle.output.floats) + 2 * padded(images * block.output.floats)
    }

    private static func padded(_ floats: Int) -> Int { (floats + 15) & ~15 }
}

extension [ResidualNetwork.Block] {
    /// The largest of a number that every block has, 0 for none.
    fileprivate func largest(_ number: (ResidualNetwork.Block) -> Int) -> Int {
        reduce(0) { Swift.max($0, number($1)) }
    }
}
