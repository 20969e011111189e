// SPDX-License-Identifier: Apache-2.0

/// A number as people read it, with at most `digits` decimals and no trailing zeros; independent of any locale.
package func decimal(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite else { return value.isNaN ? "unknown" : value > 0 ? "infinite" : "-infinite" }
    let factor = (0..<digits).reduce(1.0) { power, _ in power * 10 }
    let scaled = (value.magnitude * factor).rounded()
    guard scaled < 0x1p53 else { return "\(value)" }
    let whole = Int64(scaled) / Int64(factor)
    var fraction = String(Int64(scaled) % Int64(factor))
    fraction = String(repeating: "0", count: max(0, digits - fraction.utf8.count)) + fraction
    while fraction.hasSuffix("0") { fraction.removeLast() }
    let sign = value < 0 && scaled > 0 ? "-" : ""
    return sign + String(whole) + (fraction.isEmpty ? "" : "." + fraction)
}
