// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductSDK

/// A folder, listed in an order that does not depend on the file system.
struct GlyphFolder {
    let path: String

    /// Names of what it holds, sorted, without hidden ones.
    ///
    /// - Throws: status `notFound` when it cannot be listed.
    func names() throws(InductError) -> [String] {
        guard let directory = opendir(path) else {
            throw InductError(
                .notFound, "omniglot: the folder '\(path)' cannot be listed: \(String(cString: strerror(errno)))")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    /// Whether a path leads to a folder, links followed.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
