// SPDX-License-Identifier: Apache-2.0

import CInduct

/// What is wrong with a foreign call while it runs, or with the configuration it is made from.
struct ForeignFailure: Error, Equatable {
    var status: induct_status
    var message: String

    init(_ message: String, status: induct_status = INDUCT_INTERNAL) {
        self.status = status
        self.message = message
    }
}
