// SPDX-License-Identifier: Apache-2.0

import Logging

/// Writes the log to standard error, one line a message: "induct: warning: ...".
struct TerminalLog: LogHandler {
    var logLevel = Logger.Level.notice
    var metadata = Logger.Metadata()

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        StandardError.write("induct: \(event.level): \(event.message)\n")
    }
}
