// SPDX-License-Identifier: Apache-2.0

/// The transformer's network for images, written from its definition in double precision, one image at a time.
struct PlainResidualNetwork {
    typealias Values = [String: [Double]]

    /// Pixels by row and column, each with its channels.
    typealias Image = [[[Double]]]

    var blocks = [1, 2]
    var channels = [4, 6]

    /// The vector of an image, by the parameters below "embedding.inputs".
    func vector(_ image: Image, _ p: Values) -> [Double] {
        var x = largest(convolve(image, "embedding.inputs.stem", size: 7, stride: 2, outputs: channels[0], p))
        for group in blocks.indices {
            for number in 0..<blocks[group] {
                let name = "embedding.inputs.groups.\(group).blocks.\(number)"
                let stride = group > 0 && number == 0 ? 2 : 1
                let (inner, outputs) = (max(1, channels[group] / 4), channels[group])
                let a = rectified(x)
                let reduced = rectified(convolve(a, "\(name).reduce", size: 1, stride: 1, outputs: inner, p))
                let middle = rectified(convolve(reduced, "\(name).middle", size: 3, stride: stride, outputs: inner, p))
                let branch = convolve(middle, "\(name).expand", size: 1, stride: 1, outputs: outputs, p)
                let changes = stride > 1 || x[0][0].count != outputs
                let shortcut =
                    changes ? convolve(a, "\(name).shortcut", size: 1, stride: stride, outputs: outputs, p) : x
                let gain = p["\(name).gain"]?[0] ?? .nan
                x = zip(shortcut, branch).map { rows in
                    zip(rows.0, rows.1).map { pixels in zip(pixels.0, pixels.1).map { $0.0 + gain * $0.1 } }
                }
            }
        }
        let pixels = rectified(x).flatMap { $0 }
        return pixels[0].indices.map { channel in
            pixels.reduce(0) { $0 + $1[channel] } / Double(pixels.count)
        }
    }

    private func rectified(_ x: Image) -> Image { x.map { $0.map { $0.map { max(0, $0) } } } }

    private func convolve(
        _ x: Image, _ name: String, size: Int, stride: Int, outputs: Int, _ p: Values
    ) -> Image {
        guard let weight = p["\(name).weight"], let bias = p["\(name).bias"] else { return [] }
        let channels = x[0][0].count
        return windows(x, size: size, stride: stride) { window in
            (0..<outputs).map { output in
                window.reduce(bias[output]) { sum, pixel in
                    let start = ((output * size + pixel.p) * size + pixel.q) * channels
                    return sum + (0..<channels).reduce(0) { $0 + weight[start + $1] * pixel.values[$1] }
                }
            }
        }
    }

    private func largest(_ x: Image) -> Image {
        windows(x, size: 3, stride: 2) { window in
            x[0][0].indices.map { channel in window.map { $0.values[channel] }.max() ?? .nan }
        }
    }

    /// What `body` makes of every window: the pixels of it that exist, with their places in it.
    private func windows(
        _ x: Image, size: Int, stride: Int, _ body: ([(p: Int, q: Int, values: [Double])]) -> [Double]
    ) -> Image {
        let pad = (size - 1) / 2
        func starts(_ extent: Int) -> [Int] {
            Swift.stride(from: -pad, through: extent + pad - size, by: stride).map { $0 }
        }
        return starts(x.count).map { top in
            starts(x[0].count).map { left in
                var window: [(p: Int, q: Int, values: [Double])] = []
                for p in 0..<size where x.indices.contains(top + p) {
                    for q in 0..<size where x[top + p].indices.contains(left + q) {
                        window.append((p, q, x[top + p][left + q]))
                    }
                }
                return body(window)
            }
        }
    }
}
