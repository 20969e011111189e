// SPDX-License-Identifier: Apache-2.0

/// What is wrong with something a plugin hands over, or with its file; callers add where.
struct TableDefect: Error, Equatable {
    let message: String

    init(_ message: String) { self.message = message }
}
