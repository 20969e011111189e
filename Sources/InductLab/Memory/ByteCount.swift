// SPDX-License-Identifier: Apache-2.0

/// Sums and products of sizes that stay at the largest integer instead of overflowing.
package enum ByteCount {
    package static func sum(_ sizes: [Int]) -> Int {
        sizes.reduce(0) { total, size in
            let (result, overflows) = total.addingReportingOverflow(size)
            return overflows ? .max : result
        }
    }

    package static func product(_ factors: [Int]) -> Int {
        factors.reduce(1) { total, factor in
            let (result, overflows) = total.multipliedReportingOverflow(by: factor)
            return overflows ? .max : result
        }
    }

    /// A size in words, with three digits: "1.24 GiB".
    package static func text(_ bytes: Int) -> String {
        let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        let factor = unit == 0 || value >= 100 ? 1.0 : value >= 10 ? 10 : 100
        let rounded = (value * factor).rounded() / factor
        return "\(rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)") \(units[unit])"
    }
}
