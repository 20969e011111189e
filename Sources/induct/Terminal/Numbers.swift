// SPDX-License-Identifier: Apache-2.0

import Glibc

extension Double {
    /// With `digits` digits behind the point; "-" when there is no number.
    func fixed(_ digits: Int) -> String {
        guard isFinite else { return isNaN ? "-" : description }
        return formatted("%.\(digits)f")
    }

    /// With `digits` significant digits.
    func significant(_ digits: Int) -> String { isFinite ? formatted("%.\(digits)g") : fixed(0) }

    private func formatted(_ format: String) -> String {
        var buffer = [CChar](repeating: 0, count: 400)
        let count = withVaList([self]) { vsnprintf(&buffer, buffer.count, format, $0) }
        return String(decoding: buffer.prefix(max(0, Int(count))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
