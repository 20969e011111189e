// SPDX-License-Identifier: Apache-2.0

/// Text that is not JSON, or more of it than is read.
package struct JSONError: Error, CustomStringConvertible, Equatable {
    package var message: String
    /// Counted from 1; columns in bytes.
    package var line: Int
    package var column: Int

    package var description: String { "\(message), at line \(line), column \(column)" }
}
