// SPDX-License-Identifier: Apache-2.0

/// The signature of a C function as a manifest writes it, with what C does not say: which arrays are read and written, and
/// how long they are.
struct ForeignSignature: Equatable, Sendable {
    /// As it was written.
    var text: String
    /// The symbol.
    var name: String
    var result: Result
    var parameters: [Parameter]

    enum Result: Equatable, Sendable {
        case none
        case scalar(ForeignScalar)
        /// `const char *`
        case text
        /// A pointer to something that only the library knows, by the name of its type.
        case opaque(String)
    }

    struct Parameter: Equatable, Sendable {
        var name: String
        var type: ParameterType
        /// NULL may be passed.
        var isNullable: Bool
        /// Where it stands in the text, counted from 0.
        var position: Int
    }

    enum ParameterType: Equatable, Sendable {
        case scalar(ForeignScalar)
        case array(ForeignScalar, Direction, Length)
        /// `const char *`, ending with a NUL.
        case text
        /// `T *` for a `T` that only the library knows.
        case opaque(String)
        /// `void *`
        case untyped
        case function(CallbackType)
    }

    enum Direction: Sendable {
        case input
        case output
        case both
    }

    enum Length: Equatable, Sendable {
        case constant(Int)
        /// Another parameter's value, by its name.
        case parameter(String)
    }

    /// A pointer to a function that the library calls.
    struct CallbackType: Equatable, Sendable {
        /// nil: void.
        var result: ForeignScalar?
        var parameters: [CallbackParameter]
    }

    enum CallbackParameter: Equatable, Sendable {
        case scalar(ForeignScalar)
        /// `const T *`: the address of one value.
        case element(ForeignScalar)
        /// `void *`, an opaque pointer: passed over.
        case pointer
    }

    /// Longest text that is read, in bytes.
    static let mostBytes = 4096
    static let mostParameters = 32
    /// Longest constant length of an array.
    static let mostElements = 1 << 24

    func index(of name: String) -> Int? { parameters.firstIndex { $0.name == name } }
}
