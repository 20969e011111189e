// SPDX-License-Identifier: Apache-2.0

/// The candidate that looks most like a mistyped name: least Damerau-Levenshtein distance (insert, delete, replace, swap
/// neighbours), at most a third of the longer name's length; nil when none is that near.
///
/// Source: the optimal string alignment distance; Boytsov, "Indexing methods for approximate dictionary searching", 2011.
/// - Complexity: O(name length * total length of the candidates).
package func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
    let letters = Array(name.prefix(200))
    var best: (name: String, distance: Int)?
    for candidate in candidates {
        let other = Array(candidate.prefix(200))
        let limit = max(1, max(letters.count, other.count) / 3)
        guard abs(letters.count - other.count) <= limit else { continue }
        let distance = editDistance(letters, other)
        if distance <= limit && distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
}

/// "; did you mean 'x'?" or nothing, to end an error's message.
package func suggestion(for name: String, among candidates: some Sequence<String>) -> String {
    nearestName(to: name, among: candidates).map { "; did you mean '\($0)'?" } ?? ""
}

private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 0..<a.count {
        var row = [i + 1]
        row.reserveCapacity(b.count + 1)
        for j in 0..<b.count {
            var cost = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
            row.append(cost)
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}
