// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// What a user or a plugin can get wrong about a theory.
package enum TheoryError: Error, CustomStringConvertible, Equatable {
    /// The hidden Markov model that a source states is not one.
    case invalidModel(String)
    /// Tokens outside the vocabulary.
    case invalidTokens(String)
    /// A length, precision or budget that cannot be served.
    case invalidRequest(String)
    /// The source states too little for any theory.
    case unavailable(String)
    /// A plugin's call failed.
    case plugin(PluginFailure)

    package var description: String {
        switch self {
        case .invalidModel(let message), .invalidTokens(let message), .invalidRequest(let message),
            .unavailable(let message):
            message
        case .plugin(let failure): failure.description
        }
    }
}
