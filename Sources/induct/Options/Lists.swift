// SPDX-License-Identifier: Apache-2.0

/// Reads lists such as "0,1,0" from the command line.
enum TokenList {
    /// Token ids parted by commas or blanks; the empty text is the empty list.
    static func parse(_ text: String) throws -> [Int] {
        guard text.utf8.count <= 16 << 20 else { throw UsageError("--tokens is too long") }
        return try text.split { $0 == "," || $0.isWhitespace }.map { part in
            guard let token = Int(part), token >= 0 else {
                throw UsageError("--tokens: '\(part.prefix(40))' is no token id; write them as 0,1,0")
            }
            return token
        }
    }
}
