// SPDX-License-Identifier: Apache-2.0

import CLibFFI
import InductCore

/// A function of a library and its description for libffi, prepared once and called by any thread.
///
/// Source: libffi 3.4, "Using libffi".
final class ForeignFunction: @unchecked Sendable {
    let name: String
    private let address: @convention(c) () -> Void
    private let form: ForeignCallForm

    init(_ signature: ForeignSignature, in library: LibraryHandle) throws(TableDefect) {
        guard let symbol = library.symbol(signature.name) else {
            throw TableDefect("its library \(library.path) has no symbol '\(signature.name)'")
        }
        name = signature.name
        address = unsafeBitCast(symbol, to: (@convention(c) () -> Void).self)
        form = ForeignCallForm(
            result: signature.result.ffiType, parameters: signature.parameters.map(\.type.ffiType))
    }

    /// Calls it; `arguments` point to the values, `result` to 16 bytes.
    func call(
        _ arguments: UnsafeMutablePointer<UnsafeMutableRawPointer?>, result: UnsafeMutableRawPointer
    ) {
        ffi_call(form.description, address, result, arguments)
    }
}

/// The types of a call as libffi wants them; they live as long as this does.
final class ForeignCallForm: @unchecked Sendable {
    let description: UnsafeMutablePointer<ffi_cif>
    private let types: UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>

    init(result: UnsafeMutablePointer<ffi_type>?, parameters: [UnsafeMutablePointer<ffi_type>?]) {
        types = .allocate(capacity: max(1, parameters.count))
        for (i, type) in parameters.enumerated() { (types + i).initialize(to: type) }
        description = .allocate(capacity: 1)
        description.initialize(to: ffi_cif())
        let status = ffi_prep_cif(description, FFI_DEFAULT_ABI, UInt32(parameters.count), result, types)
        precondition(status == FFI_OK, "numbers and pointers can always be passed")
    }

    deinit {
        description.deallocate()
        types.deallocate()
    }
}

extension ForeignScalar {
    var ffiType: UnsafeMutablePointer<ffi_type>? {
        kind == .real
            ? foreign_ffi_real(Int32(bytes)) : foreign_ffi_integer(Int32(bytes), kind == .signed ? 1 : 0)
    }
}

extension ForeignSignature.Result {
    fileprivate var ffiType: UnsafeMutablePointer<ffi_type>? {
        switch self {
        case .none: foreign_ffi_void()
        case .scalar(let scalar): scalar.ffiType
        case .text, .opaque: foreign_ffi_pointer()
        }
    }
}

extension ForeignSignature.ParameterType {
    fileprivate var ffiType: UnsafeMutablePointer<ffi_type>? {
        guard case .scalar(let scalar) = self else { return foreign_ffi_pointer() }
        return scalar.ffiType
    }
}
