// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Pointers to the parts of a pass's workspace.
struct Workspace {
    let layout: WorkspaceLayout
    private let base: UnsafeMutablePointer<Float>

    init(layout: WorkspaceLayout, memory: UnsafeMutableRawPointer) {
        self.layout = layout
        base = memory.assumingMemoryBound(to: Float.self)
    }

    var scratch: UnsafeMutableRawPointer { UnsafeMutableRawPointer(base + layout.scratch) }

    var relative: UnsafeMutablePointer<Float> { base + layout.relative }
    var relativeGradient: UnsafeMutablePointer<Float> { base + layout.relativeGradient }
    var words: UnsafeMutablePointer<UInt32> {
        UnsafeMutableRawPointer(base + layout.words).assumingMemoryBound(to: UInt32.self)
    }
    var dropped: UnsafeMutablePointer<Float> { base + layout.dropped }

    var embedded: UnsafeMutablePointer<Float> { base + layout.embedded }
    var imageNetwork: UnsafeMutablePointer<Float> { base + layout.imageNetwork }
    var predicted: UnsafeMutablePointer<Float> { base + layout.predicted }
    var predictedGradient: UnsafeMutablePointer<Float> { base + layout.predictedGradient }

    /// `[R, width]`: the input of this block; that of block `layers` is what the last one gives.
    func stream(_ block: Int) -> UnsafeMutablePointer<Float> { base + layout.stream + block * layout.streamStride }

    /// A part of this block.
    func part(_ offset: Int, of block: Int) -> UnsafeMutablePointer<Float> {
        base + layout.firstBlock + block * layout.blockStride + offset
    }

    var finalMean: UnsafeMutablePointer<Float> { base + layout.finalMean }
    var finalInverse: UnsafeMutablePointer<Float> { base + layout.finalInverse }
    var finalNormalised: UnsafeMutablePointer<Float> { base + layout.finalNormalised }
    var streamGradient: UnsafeMutablePointer<Float> { base + layout.streamGradient }
    var branchGradient: UnsafeMutablePointer<Float> { base + layout.branchGradient }
    var sharedGradient: UnsafeMutablePointer<Float> { base + layout.sharedGradient }
    var innerGradient: UnsafeMutablePointer<Float> { base + layout.innerGradient }
    var expandedGradient: UnsafeMutablePointer<Float> { base + layout.innerGradient + layout.expandedGradient }
}
