// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductCore

/// Remembers what libraries said about themselves, by their SHA-256, and the SHA-256 of files that have not changed since.
///
/// Every entry is a file that is written whole under another name and then renamed; it carries a digest of its content.
/// One that is damaged, or of another version of the host, counts as absent.
struct DescriptionCache: Sendable {
    /// nil: nothing is remembered.
    private let directory: String?
    /// How long a library that was too slow is not tried again, in seconds.
    private static let patience: Int64 = 600
    private static let mostBytes = 16 << 20

    /// - Parameter directory: $XDG_CACHE_HOME/induct; made when the first entry is written
    init(directory: String?) {
        self.directory = directory.map { $0 + "/plugins-1" }
    }

    /// The digest of a file: remembered if its inode, size and times are as they were, else computed.
    func sha256(ofFile path: String) throws(TableDefect) -> String {
        guard let status = FilePaths.status(path) else { throw TableDefect("it cannot be looked at") }
        let state: JSON = .integers([
            Int64(bitPattern: UInt64(status.st_dev)), Int64(bitPattern: UInt64(status.st_ino)), Int64(status.st_size),
            Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec), Int64(status.st_ctim.tv_sec),
            Int64(status.st_ctim.tv_nsec),
        ])
        let name = "file-" + Digest.of(path.utf8)
        if let known = load(name), known["state"] == state, let digest = known["sha256"]?.string,
            Digest.isDigest(digest)
        {
            return digest
        }
        let digest = try Digest.of(file: path)
        store(["state": state, "sha256": .string(digest)], as: name)
        return digest
    }

    /// The digest of a foreign manifest and the library that it names: both decide what its parts do.
    func sha256(ofManifest manifest: String, library: String) throws(TableDefect) -> String {
        Digest.of("\(try sha256(ofFile: manifest)) \(try sha256(ofFile: library))".utf8)
    }

    /// What a library with this digest said before; nil when it was never asked, or has to be asked again.
    func outcome(forDigest digest: String) -> DescriberProcess.Outcome? {
        guard let known = load("library-" + digest) else { return nil }
        if let reason = known["refused"]?.string { return .refused(reason) }
        if let reason = known["too_slow"]?.string, let time = known["time"]?.int {
            return (0..<Self.patience).contains(Self.now - Int64(time)) ? .tooSlow(reason) : nil
        }
        guard let description = known["description"], let parsed = try? PluginDescription(description) else {
            return nil
        }
        return .described(parsed)
    }

    func remember(_ outcome: DescriberProcess.Outcome, forDigest digest: String) {
        let entry: JSON =
            switch outcome {
            case .described(let description): ["description": description.json]
            case .refused(let reason): ["refused": .string(reason)]
            case .tooSlow(let reason): ["too_slow": .string(reason), "time": .integer(Self.now)]
            case .failed: .null
            }
        if entry.isNull { return }
        store(entry, as: "library-" + digest)
    }

    private static var now: Int64 { Int64(time(nil)) }

    private func load(_ name: String) -> JSON? {
        // What someone else could have written is not believed.
        guard let directory, let status = FilePaths.status("\(directory)/\(name).json"),
            status.st_uid == geteuid(), status.st_mode & S_IWOTH == 0,
            let bytes = try? FilePaths.bytes(of: "\(directory)/\(name).json", limit: Self.mostBytes),
            let end = bytes.firstIndex(of: UInt8(ascii: "\n")),
            String(decoding: bytes[..<end], as: UTF8.self) == Self.seal(bytes[(end + 1)...]),
            let text = String(validating: bytes[(end + 1)...], as: UTF8.self)
        else { return nil }
        return try? JSON(parsing: text)
    }

    private func store(_ json: JSON, as name: String) {
        guard let directory else { return }
        Self.make(directory)
        let content = Array(json.text.utf8)
        let bytes = Array((Self.seal(content[...]) + "\n").utf8) + content
        let temporary = "\(directory)/.\(name).\(getpid())"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        let written = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        close(file)
        if written != bytes.count || rename(temporary, "\(directory)/\(name).json") != 0 { unlink(temporary) }
    }

    /// The first line of an entry: the host's version and the digest of the rest.
    private static func seal(_ content: ArraySlice<UInt8>) -> String {
        "induct \(HostServices.version) \(Digest.of(content))"
    }

    private static func make(_ directory: String) {
        guard !FilePaths.isDirectory(directory) else { return }
        let parent = FilePaths.parent(of: directory)
        if parent != directory { make(parent) }
        mkdir(directory, 0o700)
    }
}
