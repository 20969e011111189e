// SPDX-License-Identifier: Apache-2.0

/// The size of an image, whose floats lie `[height, width, channels]`.
struct ImageShape: Equatable, Sendable {
    var height: Int
    var width: Int
    var channels: Int

    var pixels: Int { height * width }
    var floats: Int { pixels * channels }

    /// What a window of `size` by `size` pixels gives that moves by `stride`, the image padded by half a window.
    func windows(_ size: Int, stride: Int, channels: Int) -> ImageShape {
        func places(_ extent: Int) -> Int { (extent + 2 * ((size - 1) / 2) - size) / stride + 1 }
        return ImageShape(height: places(height), width: places(width), channels: channels)
    }
}
