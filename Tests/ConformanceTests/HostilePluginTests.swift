// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Every plugin of Tests/Fixtures/Hostile, as `make test-plugins` tries it.
@Suite("Hostile plugins")
struct HostilePluginTests {
    @Test func meetTheirExpectedEnds() throws {
        let script = Tools.sources.appending(path: "Support/test-plugins").path
        let (code, output) = try Tools.run(script, [Tools.induct])
        #expect(code == 0, "\(output.split(separator: "\n").filter { $0.contains("FAILED") }.joined(separator: "\n"))")
        let count = try #require(output.firstMatch(of: #/(\d+) hostile plugins, 0 not as expected/#)?.1)
        #expect(Int(count) ?? 0 >= 40)
    }
}
