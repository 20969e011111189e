// SPDX-License-Identifier: Apache-2.0

/// Memory that checks may take for what a plugin states the size of.
enum Room {
    /// Bytes of a model's parameters, or of its workspace: 4 GiB.
    private static let most = 1 << 32
    /// Bytes of samples, which most checks draw several times: 1 GiB.
    static let mostSamples = 1 << 30

    /// - Parameters:
    ///   - what: takes the memory: "its parameters"
    ///   - sizes: of its arrays, each as factors
    ///   - bytes: of an element
    ///   - most: bytes in all
    /// - Throws: `CheckFailure` with the figure, where so much is never given.
    static func check(_ what: String, sizes: [[Int]], bytes: Int = 4, most: Int = Room.most) throws(CheckFailure) {
        let total = sizes.reduce(0.0) { total, factors in
            total + factors.reduce(Double(bytes)) { $0 * Double($1) }
        }
        guard total > Double(most) else { return }
        let gibibytes = total / 0x1p30
        throw CheckFailure(
            "\(what) would take \(gibibytes < 1e6 ? "\(Int(gibibytes.rounded(.up)))" : "\(gibibytes)") GiB; a check takes at "
                + "most \(most >> 30), give an example with smaller sizes")
    }
}
