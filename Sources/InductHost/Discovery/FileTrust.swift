// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Whose files the host runs code from: those of root, of the user, and of the owner of `induct`, where nobody else can
/// write.
struct FileTrust: Sendable {
    private let owners: Set<uid_t>

    /// - Parameter executable: the path of `induct`
    init(executable: String) {
        var owners: Set<uid_t> = [0, geteuid()]
        if let status = FilePaths.status(executable) { owners.insert(status.st_uid) }
        self.owners = owners
    }

    /// Checks a file, or a directory, and the directory that holds it.
    ///
    /// - Parameter path: without symbolic links
    /// - Throws: who else could have put something there.
    func check(_ path: String) throws(TableDefect) {
        try check(path, "it", allowingSticky: false)
        try check(holderOf: path)
    }

    /// Checks the directory that holds `path`.
    ///
    /// Everyone may write there if it is sticky, as /tmp is, for then nobody can
    /// put another file in the place of this one.
    func check(holderOf path: String) throws(TableDefect) {
        let directory = FilePaths.parent(of: path)
        try check(try FilePaths.resolved(directory), "its directory \(directory)", allowingSticky: true)
    }

    private func check(_ path: String, _ what: String, allowingSticky: Bool) throws(TableDefect) {
        guard let status = FilePaths.status(path) else { throw TableDefect("\(what) cannot be looked at") }
        guard status.st_mode & S_IWOTH == 0 || allowingSticky && status.st_mode & S_ISVTX != 0 else {
            throw TableDefect("\(what) can be written by everyone; run chmod o-w \(path)")
        }
        guard owners.contains(status.st_uid) else {
            throw TableDefect(
                "\(what) belongs to user \(status.st_uid), who is neither root, nor you, nor the owner of induct")
        }
    }
}
