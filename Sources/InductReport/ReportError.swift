// SPDX-License-Identifier: Apache-2.0

/// A run directory that cannot be reported on.
package enum ReportError: Error, Equatable, CustomStringConvertible {
    /// A file of the run is not there, or cannot be read or written; exit code 74.
    case file(path: String, reason: String)
    /// A file of the run holds something else than it should; exit code 65.
    case content(path: String, line: Int?, reason: String)

    package var description: String {
        switch self {
        case .file(let path, let reason):
            "\(path): \(reason)"
        case .content(let path, let line?, let reason):
            "\(path), line \(line): \(reason)"
        case .content(let path, nil, let reason):
            "\(path): \(reason)"
        }
    }
}
