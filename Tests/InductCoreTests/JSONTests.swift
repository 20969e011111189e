// SPDX-License-Identifier: Apache-2.0

import InductCore
import Testing

struct JSONTests {
    @Test(arguments: [
        "null", "true", "[]", "{}", "[1,-2,9223372036854775807]", "[0.1,1e-05,1e+300,-0.0,5e-324]",
        #"{"b":1,"a":{"c":[null,"x"]}}"#, #"["\"\\\n\t\u0001","é","🙂"]"#,
    ])
    func textReadsBackToTheSameText(_ text: String) throws { #expect(try JSON(parsing: text).text == text) }

    @Test func integersStayIntegersAndOthersBecomeNumbers() throws {
        #expect(try JSON(parsing: "[1, 1.0, 1e0, 9223372036854775808]") == [1, 1.0, 1.0, 9.223372036854775808e18])
    }

    @Test func doublesSurviveToTheLastBit() throws {
        var seed: UInt64 = 1
        for _ in 0..<2000 {
            seed = Seed.derive(seed, 1)
            let value = Double(bitPattern: seed)
            guard value.isFinite else { continue }
            #expect(try JSON(parsing: JSON.number(value).text).double?.bitPattern == value.bitPattern)
        }
    }

    @Test func whatIsNotFiniteIsWrittenAsNull() {
        #expect(JSON.numbers([.nan, .infinity, -.infinity, 1]).text == "[null,null,null,1.0]")
    }

    @Test func escapesAreRead() throws {
        #expect(try JSON(parsing: #""\u00e9\ud83d\ude42\/\b""#) == "é🙂/\u{8}")
    }

    @Test func membersAreFoundByKey() throws {
        let json = try JSON(parsing: #"{"a": {"b": [1.5, 2]}}"#)
        #expect(json["a"]?["b"]?.array?.map(\.double) == [1.5, 2])
        #expect(json["b"] == nil)
    }

    @Test func indentedTextSaysTheSame() throws {
        let json: JSON = ["a": [1, 2], "b": ["c": [["d": true]]], "e": [:]]
        #expect(try JSON(parsing: json.indented) == json)
        #expect(json.indented.contains("\n  \"a\": [1, 2],"))
    }

    @Test(arguments: [
        ("", 1, 1), ("[1,]", 1, 4), ("[1\n 2]", 2, 2), ("{\"a\" 1}", 1, 6), ("{a: 1}", 1, 2), ("01", 1, 2),
        ("+1", 1, 1),
        ("1.", 1, 3), (".5", 1, 1), ("1e", 1, 3), ("1e999", 1, 1), ("-1e999", 1, 1), ("NaN", 1, 1),
        ("[Infinity]", 1, 2),
        ("\"a", 1, 3), ("\"\t\"", 1, 2), (#""\x""#, 1, 2), (#""\u12g4""#, 1, 4), (#""\ud800""#, 1, 2),
        (#""\ud800\u0041""#, 1, 2), (#""\udc00""#, 1, 2), ("{\"a\":1,\n\"a\":2}", 2, 1), ("1 2", 1, 3), ("tru", 1, 1),
        ("'a'", 1, 1), ("[1] // x", 1, 5),
    ])
    func wrongTextIsRefusedWithItsPlace(_ text: String, line: Int, column: Int) {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: text) }
        #expect(error?.line == line)
        #expect(error?.column == column)
    }

    @Test func depthIsBounded() throws {
        let deep = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(throws: Never.self) { try JSON(parsing: deep(JSON.maximumDepth)) }
        #expect(throws: JSONError.self) { try JSON(parsing: deep(JSON.maximumDepth + 1)) }
        #expect(throws: JSONError.self) { try JSON(parsing: String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSONError.self) { try JSON(parsing: String(repeating: "{\"a\":", count: 1_000_000)) }
    }
}
