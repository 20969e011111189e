// SPDX-License-Identifier: Apache-2.0

import InductHost
import Testing

/// Every signature that cannot be called is refused, with the place where it is wrong.
@Suite struct ForeignSignatureTests {
    @Test(
        arguments: [
            ("int rand_r(inout unsigned seed[1])", nil),
            ("int rand_r(inout unsigned int seed[1]);", nil),
            (
                "extern long int  rand_r ( inout uint32_t * seed[1] )",
                "at character 27: 'seed' is a pointer to pointers"
            ),
            ("int rand_r(inout unsigned *seed)", "at character 28: 'seed' is inout but has no length; write seed[n]"),
            (
                "int rand_r(unsigned *seed)",
                "'seed' is a pointer without a length; write 'out unsigned seed[1]' for one value"
            ),
            ("int rand_r(unsigned seed[1])", "say whether 'seed' is in, out or inout, before its type"),
            ("int rand_r(out const unsigned seed[1])", "'seed' is const and cannot be written"),
            (
                "int rand_r(inout unsigned seed[])",
                "at character 32: 'seed' has no length; write a number or the parameter"
            ),
            ("int rand_r(inout unsigned seed[n])", "the length of 'seed' is 'n', which is no parameter"),
            ("int rand_r(inout unsigned seed[n], double n)", "the length of 'seed' is 'n', which is no integer"),
            ("int rand_r(inout unsigned seed[0])", "'seed' has the length 0; lengths are 1 to 16777216"),
            ("int rand_r(inout unsigned seed[2][3])", "'seed' has two dimensions; give it one, the product of both"),
            ("int rand_r(inout unsigned seed[99999999999999999999])", "lengths are 1 to 16777216"),
            ("int rand_r(unsigned seed, ...)", "at character 27: a variadic function cannot be called"),
            ("int rand_r(struct state seed)", "struct state is passed by value, which is not possible; pass a pointer"),
            ("int rand_r(uint33_t seed)", "at character 12: unknown type 'uint33_t'; did you mean 'uint32_t'?"),
            ("int rand_r(wchar seed)", "unknown type 'wchar'; did you mean 'char'?"),
            ("int rand_r(unsigned)", "a parameter of type unsigned has no name; name it"),
            ("int rand_r(unsigned seed, int seed)", "two parameters are named 'seed'"),
            ("int rand_r()", "at character 12: write (void) for a function without parameters"),
            ("int rand_r(unsigned seed", "expected ')' or ',' after a parameter, found the end"),
            ("int rand_r(unsigned seed) x", "at character 27: expected the end after the signature, found 'x'"),
            ("rand_r(unsigned seed)", "unknown type 'rand_r'"),
            ("int (unsigned seed)", "at character 5: expected the function's name, found '('"),
            ("int rand_r(unsigned seed = 3)", "at character 26: '=' has no meaning here"),
            ("int rand_r(unsigned séed)", "byte 195 has no meaning here"),
            ("long double rand_r(unsigned seed)", "long double differs between machines"),
            ("int rand_r(short long seed)", "'short long' is no type of C"),
            ("int rand_r(unsigned double seed)", "'unsigned double' is no type of C"),
            ("int rand_r(int float seed)", "'int float' is no type of C"),
            ("double *rand_r(unsigned seed)", "a result of type double * cannot be used"),
            ("int **rand_r(unsigned seed)", "a result of type int ** cannot be used"),
            ("out int rand_r(unsigned seed)", "a result takes no annotation"),
            ("int rand_r(unsigned in seed)", "the annotation 'in' belongs before the type"),
            ("int rand_r(in out unsigned seed[1])", "a second one of in, out and inout"),
            ("int rand_r(nullable unsigned seed)", "'seed' is no pointer and cannot be nullable"),
            ("int rand_r(void seed)", "'seed' cannot be of type void"),
            ("int rand_r(unsigned seed, int (*f)(struct s x))", "struct s is passed by value"),
            ("int rand_r(unsigned seed, int (*f)(int (*g)(void)))", "'f' takes a pointer to a function"),
            ("int rand_r(unsigned seed, double *(*f)(void))", "'f' gives double *, which cannot be served"),
            ("int rand_r(unsigned seed, int (*f)(int **x))", "'f' takes int **, which cannot be served"),
            ("int rand_r(unsigned seed, int (f)(int))", "expected '*' and a name, as in int (*compare)(...)"),
        ] as [(String, String?)])
    func signaturesAreRefusedWhereTheyAreWrong(signature: String, expected: String?) throws {
        let reason = try ForeignManifest.refusal(
            ForeignManifest.text(ForeignManifest.source(signature)), try ForeignManifest.workshop.get())
        guard let expected else {
            #expect(reason == nil)
            return
        }
        #expect(reason?.contains("provides[0].call: in the signature '") == true, "\(reason ?? "ready")")
        #expect(reason?.contains(expected) == true, "\(reason ?? "ready")")
    }

    /// C's own spellings of one type are one type.
    @Test func allSpellingsOfATypeAreRead() throws {
        let workshop = try ForeignManifest.workshop.get()
        for spelling in [
            "unsigned long int", "long unsigned int", "unsigned long", "int long unsigned", "unsigned long long",
            "size_t", "uint64_t", "const unsigned long", "intptr_t", "signed char", "short", "_Bool", "ssize_t",
            "enum e",
        ] {
            let reason = try ForeignManifest.refusal(
                ForeignManifest.text(ForeignManifest.source("int rand_r(\(spelling) seed)")), workshop)
            #expect(reason == nil, "\(spelling): \(reason ?? "")")
        }
    }

    /// Whatever is cut out of a signature, or put in, the parser answers.
    @Test func damagedSignaturesAreRefusedOrRead() throws {
        let whole = Array("int rand_r(inout unsigned int seed[1], nullable int (*cmp)(const int *, void *))")
        let arguments = "{\"seed\": \"seed\", \"cmp\": null}"
        let workshop = try ForeignManifest.workshop.get()
        #expect(
            try ForeignManifest.refusal(
                ForeignManifest.text(ForeignManifest.source(String(whole), arguments)), workshop) == nil)
        var ready = 0
        for i in stride(from: 0, to: whole.count, by: 3) {
            for damage in ["", "(", "]", "*", "const ", ",", "9", "\\u0001"] {
                let text = String(whole[..<i]) + damage + String(whole[(i + 1)...])
                let reason = try ForeignManifest.refusal(
                    ForeignManifest.text(ForeignManifest.source(text, arguments)), workshop)
                guard let reason else {
                    ready += 1
                    continue
                }
                #expect(
                    reason.hasPrefix("its manifest is wrong: provides[0]") || reason.contains("has no symbol"),
                    "\(text): \(reason)")
            }
        }
        // A blank less, another type of the same seed: few damages go unnoticed.
        #expect(ready > 0 && ready < 25, "\(ready) are ready")
    }
}
