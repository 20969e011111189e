// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductHost
import Testing

/// Manifests of a foreign library, and why each is refused.
enum ForeignManifest {
    /// One for all refusals, for it takes a compiler to make.
    static let workshop = Result { try Workshop() }

    /// Why a manifest is refused; nil: it is ready.
    static func refusal(_ manifest: String, _ workshop: Workshop) throws -> String? {
        let path = try workshop.write(manifest, to: "\(UUID())/m.foreign.json")
        let listings = try workshop.host(plugins: [path]).catalogue()
        #expect(listings.count == 1)
        return listings[0].reason
    }

    static func text(_ part: String, library: String = "libc.so.6") -> String {
        """
        {"runtime": "foreign", "id": "org.example.m", "version": "1.0.0", "library": "\(library)", "provides": [\(part)]}
        """
    }

    /// A source with this signature, its arguments and what else it says.
    static func source(_ signature: String, _ arguments: String = "{\"seed\": \"seed\"}", _ more: String = "")
        -> String
    {
        """
        {"kind": "source", "name": "s", "call": "\(signature)", "arguments": \(arguments), "vocabulary": 4,
         "outputs": {"tokens": {}}\(more)}
        """
    }

    /// A part with nothing wrong.
    static let good = source("int rand_r(inout unsigned seed[1])")
}
