// SPDX-License-Identifier: Apache-2.0

/// The largest value of each channel in windows of 3 by 3 pixels that move by two.
struct MaximumPooling: Sendable {
    let input: ImageShape
    let output: ImageShape

    private static let (size, stride, pad) = (3, 2, 1)

    init(_ input: ImageShape) {
        self.input = input
        output = input.windows(Self.size, stride: Self.stride, channels: input.channels)
    }

    /// y `[images, output]` from x `[images, input]`.
    func forward(images: Int, x: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>) {
        forEachLargest(images: images, x: x) { from, to in y[to] = x[from] }
    }

    /// dx += the gradient: each window's goes to its largest value, the first of equals.
    func backward(
        images: Int, x: UnsafePointer<Float>, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>
    ) {
        forEachLargest(images: images, x: x) { from, to in dx[from] += dy[to] }
    }

    private func forEachLargest(
        images: Int, x: UnsafePointer<Float>, _ body: (_ from: Int, _ to: Int) -> Void
    ) {
        let channels = input.channels
        for image in 0..<images {
            for i in 0..<output.height {
                let rows =
                    max(0, Self.stride * i - Self.pad)..<min(input.height, Self.stride * i - Self.pad + Self.size)
                for j in 0..<output.width {
                    let first = Self.stride * j - Self.pad
                    let columns = max(0, first)..<min(input.width, first + Self.size)
                    for channel in 0..<channels {
                        var largest =
                            image * input.floats
                            + (rows.lowerBound * input.width + columns.lowerBound) * channels + channel
                        for row in rows {
                            for column in columns {
                                let place = image * input.floats + (row * input.width + column) * channels + channel
                                if x[place] > x[largest] { largest = place }
                            }
                        }
                        body(largest, image * output.floats + (i * output.width + j) * channels + channel)
                    }
                }
            }
        }
    }
}

/// The mean of each channel over all pixels, of what is above zero: rectifier and average in one.
struct RectifiedAverage: Sendable {
    let input: ImageShape

    /// y `[images, channels]` from x `[images, input]`.
    func forward(images: Int, x: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>) {
        let (channels, share) = (input.channels, 1 / Float(input.pixels))
        for image in 0..<images {
            let (from, to) = (x + image * input.floats, y + image * channels)
            to.update(repeating: 0, count: channels)
            for pixel in 0..<input.pixels {
                for channel in 0..<channels { to[channel] += max(0, from[pixel * channels + channel]) }
            }
            for channel in 0..<channels { to[channel] *= share }
        }
    }

    /// dx = the gradient.
    func backward(
        images: Int, x: UnsafePointer<Float>, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>
    ) {
        let (channels, share) = (input.channels, 1 / Float(input.pixels))
        for image in 0..<images {
            let (from, d) = (image * input.floats, dy + image * channels)
            for pixel in 0..<input.pixels {
                for channel in 0..<channels {
                    let place = from + pixel * channels + channel
                    dx[place] = x[place] > 0 ? share * d[channel] : 0
                }
            }
        }
    }
}
