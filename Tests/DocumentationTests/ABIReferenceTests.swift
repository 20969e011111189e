// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("The reference of the ABI")
struct ABIReferenceTests {
    @Test("is what Support/abi-reference makes of the headers")
    func isCurrent() throws {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = Checkout.root.appending(path: "Support/abi-reference")
        process.standardOutput = pipe
        try process.run()
        let page = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(
            try Checkout.text("Documentation/ABI.md") == page,
            "write it again: Support/abi-reference > Documentation/ABI.md")
    }

    @Test("holds every struct and every slot", arguments: Checkout.files(in: "SDK/C/include/induct", ending: ".h"))
    func isComplete(header: String) throws {
        let page = try Checkout.text("Documentation/ABI.md")
        let text = try Checkout.text(header)
        for match in text.matches(of: #/struct (induct_\w+) \{/#) {
            #expect(page.contains("### \(match.1)\n"), "\(match.1) of \(header) is missing")
        }
        for match in text.matches(of: #/\(\*(\w+)\)\(/#) {
            #expect(page.contains("| `\(match.1)` |") || page.contains("(*\(match.1))"), "\(match.1) of \(header)")
        }
    }
}
