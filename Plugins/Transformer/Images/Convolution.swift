// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

/// A convolution of images with a square window, as a matrix product over patches.
///
///     y[i, j, o] = b[o] + sum over p, q, c of W[o, p, q, c] x[stride i + p - pad, stride j + q - pad, c],  pad = (size - 1) / 2
///
/// x lies `[images, height, width, channels]`, W `[outputs, size, size, channels]`; outside the image x is 0. Patches of a
/// few images at a time are copied side by side, so that the product's rows are many and the copy stays in the cache; a
/// window of one pixel that does not skip needs no copy.
struct Convolution: Sendable {
    let input: ImageShape
    let size: Int
    let stride: Int
    let output: ImageShape

    init(_ input: ImageShape, outputs: Int, size: Int, stride: Int = 1) {
        self.input = input
        self.size = size
        self.stride = stride
        output = input.windows(size, stride: stride, channels: outputs)
    }

    /// Of one patch.
    var layer: Linear { Linear(inputs: size * size * input.channels, outputs: output.channels) }
    var weightCount: Int { layer.inputs * layer.outputs }

    private var needsPatches: Bool { size > 1 || stride > 1 }
    private var floatsPerImage: Int { output.pixels * layer.inputs }
    /// Images whose patches lie side by side.
    private var imagesPerCopy: Int { max(1, 65536 / floatsPerImage) }
    /// Floats of memory for patches that a call needs.
    var patchFloats: Int { needsPatches ? imagesPerCopy * floatsPerImage : 0 }

    /// y = activation(convolution of x) of all images; `patches` has `patchFloats`.
    func forward(
        images: Int, x: UnsafePointer<Float>, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>,
        y: UnsafeMutablePointer<Float>, activation: UInt32 = INDUCT_ACTIVATION_NONE,
        patches: UnsafeMutablePointer<Float>, _ kernels: Kernels, scratch: UnsafeMutableRawPointer
    ) {
        forEachCopy(images: images, x: x, patches: patches) { first, count, rows in
            kernels.linear(
                layer, rows: count * output.pixels, x: rows, weight: weight, bias: bias, y: y + first * output.floats,
                epilogue: LinearEpilogue(activation: activation), scratch: scratch)
        }
    }

    /// The gradients of W and b, added to when `accumulate`, and d loss / d x, always added to `dx`, nil = not wanted.
    func backward(
        images: Int, x: UnsafePointer<Float>, dy: UnsafePointer<Float>, weight: UnsafePointer<Float>,
        dweight: UnsafeMutablePointer<Float>, dbias: UnsafeMutablePointer<Float>, dx: UnsafeMutablePointer<Float>?,
        accumulate: Bool, patches: UnsafeMutablePointer<Float>, _ kernels: Kernels, scratch: UnsafeMutableRawPointer
    ) {
        forEachCopy(images: images, x: x, patches: patches) { first, count, rows in
            kernels.linearParameterGradients(
                layer, rows: count * output.pixels, x: rows, dy: dy + first * output.floats, dweight: dweight,
                dbias: dbias, accumulate: accumulate || first > 0, scratch: scratch)
        }
        guard let dx else { return }
        guard needsPatches else {
            kernels.linearInputGradient(
                layer, rows: images * output.pixels, dy: dy, weight: weight, dx: dx, accumulate: true, scratch: scratch)
            return
        }
        var first = 0
        while first < images {
            let count = min(imagesPerCopy, images - first)
            kernels.linearInputGradient(
                layer, rows: count * output.pixels, dy: dy + first * output.floats, weight: weight, dx: patches,
                scratch: scratch)
            for image in 0..<count {
                let target = dx + (first + image) * input.floats
                forEachRun { pixel, patch, length in
                    let from = patches + image * floatsPerImage + patch
                    for j in 0..<length { target[pixel + j] += from[j] }
                }
            }
            first += count
        }
    }

    /// Calls `body(first image, images, patches)` for images that are copied together.
    private func forEachCopy(
        images: Int, x: UnsafePointer<Float>, patches: UnsafeMutablePointer<Float>,
        _ body: (_ first: Int, _ count: Int, _ rows: UnsafePointer<Float>) -> Void
    ) {
        guard needsPatches else { return body(0, images, x) }
        var first = 0
        while first < images {
            let count = min(imagesPerCopy, images - first)
            patches.update(repeating: 0, count: count * floatsPerImage)
            for image in 0..<count {
                let from = x + (first + image) * input.floats
                forEachRun { pixel, patch, length in
                    (patches + image * floatsPerImage + patch).update(from: from + pixel, count: length)
                }
            }
            body(first, count, patches)
            first += count
        }
    }

    /// Calls `body(start in the image, start in its patches, floats)` for every row of every window, as far as it lies within
    /// the image.
    private func forEachRun(_ body: (_ pixel: Int, _ patch: Int, _ length: Int) -> Void) {
        let (pad, channels) = ((size - 1) / 2, input.channels)
        for i in 0..<output.height {
            for j in 0..<output.width {
                let left = stride * j - pad
                let columns = max(0, left)..<min(input.width, left + size)
                let window = (i * output.width + j) * layer.inputs
                for p in 0..<size {
                    let row = stride * i + p - pad
                    guard row >= 0, row < input.height, !columns.isEmpty else { continue }
                    body(
                        (row * input.width + columns.lowerBound) * channels,
                        window + (p * size + columns.lowerBound - left) * channels, columns.count * channels)
                }
            }
        }
    }
}
