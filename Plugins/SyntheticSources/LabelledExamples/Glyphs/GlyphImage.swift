// SPDX-License-Identifier: Apache-2.0

import CPNG
import InductSDK

/// A drawing: how much ink each pixel of a square holds, 0 for none to 255.
struct GlyphImage: Sendable {
    /// `[size, size]`, rows from the top.
    let ink: [UInt8]

    private static let largestSide = 4096

    /// Reads a PNG file of any kind and brings it to `size` by `size` pixels by the mean over what each covers.
    ///
    /// - Throws: status `dataLoss` for what is no PNG image, naming `name`.
    init(png bytes: [UInt8], size: Int, name: String) throws(InductError) {
        let (grey, width, height): ([UInt8], Int, Int)
        switch bytes.withUnsafeBytes(Self.decoded) {
        case .image(let values, let columns, let rows): (grey, width, height) = (values, columns, rows)
        case .broken(let reason):
            throw InductError(
                .dataLoss, "omniglot: '\(name)' is no PNG image that can be read (\(reason)); fetch it again")
        }
        ink =
            width == size && height == size
            ? grey.map { 255 - $0 } : Self.resized(grey, width: width, height: height, size: size)
    }

    private enum Decoded {
        case image(grey: [UInt8], width: Int, height: Int)
        case broken(String)
    }

    /// Eight bits of grey; what is transparent shows white paper.
    private static func decoded(_ bytes: UnsafeRawBufferPointer) -> Decoded {
        var image = png_image()
        image.version = UInt32(PNG_IMAGE_VERSION)
        defer { png_image_free(&image) }
        guard let start = bytes.baseAddress, png_image_begin_read_from_memory(&image, start, bytes.count) != 0 else {
            return .broken(message(of: image))
        }
        let (width, height) = (Int(image.width), Int(image.height))
        guard width > 0, height > 0, width <= largestSide, height <= largestSide else {
            return .broken("\(width) by \(height) pixels")
        }
        image.format = 0
        var paper = png_color(red: 255, green: 255, blue: 255)
        var grey = [UInt8](repeating: 0, count: width * height)
        guard png_image_finish_read(&image, &paper, &grey, Int32(width), nil) != 0 else {
            return .broken(message(of: image))
        }
        return .image(grey: grey, width: width, height: height)
    }

    private static func message(of image: png_image) -> String {
        withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// Each pixel is the mean ink over its share of the drawing.
    private static func resized(_ grey: [UInt8], width: Int, height: Int, size: Int) -> [UInt8] {
        let (rows, columns) = (shares(of: height, among: size), shares(of: width, among: size))
        var ink: [UInt8] = []
        ink.reserveCapacity(size * size)
        for row in rows {
            for column in columns {
                var sum = 0.0
                for (i, tall) in row {
                    for (j, wide) in column { sum += tall * wide * Double(255 - grey[i * width + j]) }
                }
                ink.append(UInt8(min(255, max(0, sum.rounded()))))
            }
        }
        return ink
    }

    /// For each of `size` equal parts of `[0, extent)`: the pixels that it covers, with their shares of it, which sum to 1.
    private static func shares(of extent: Int, among size: Int) -> [[(index: Int, share: Double)]] {
        (0..<size).map { part in
            // In units of 1 / size of a pixel.
            let (start, end) = (part * extent, (part + 1) * extent)
            return (start / size...(end - 1) / size).map { index in
                (index, Double(min(end, (index + 1) * size) - max(start, index * size)) / Double(extent))
            }
        }
    }
}
