// SPDX-License-Identifier: Apache-2.0

import CLibFFI
import InductCore

/// A function that a library calls, served by libffi: it draws from the sample's stream, takes a value, or compares.
final class ForeignClosure {
    /// What the library is given.
    let address: UnsafeMutableRawPointer
    private let closure: UnsafeMutableRawPointer
    private let form: ForeignCallForm
    private let type: ForeignSignature.CallbackType
    private let callback: ForeignCall.Callback
    private let exchange: SampleExchange

    /// - Throws: when the system gives no memory that may be executed.
    init(
        _ callback: ForeignCall.Callback, _ type: ForeignSignature.CallbackType, exchange: SampleExchange
    ) throws(ForeignFailure) {
        self.callback = callback
        self.type = type
        self.exchange = exchange
        form = ForeignCallForm(
            result: type.result.map(\.ffiType) ?? foreign_ffi_void(),
            parameters: type.parameters.map {
                guard case .scalar(let scalar) = $0 else { return foreign_ffi_pointer() }
                return scalar.ffiType
            })
        var code: UnsafeMutableRawPointer?
        guard let closure = ffi_closure_alloc(MemoryLayout<ffi_closure>.size, &code), let code else {
            throw ForeignFailure("the system gives no memory for a callback; it forbids memory that is executed")
        }
        self.closure = closure
        address = code
        let status = ffi_prep_closure_loc(
            closure.assumingMemoryBound(to: ffi_closure.self), form.description,
            { _, result, arguments, context in
                guard let context, let arguments else { return }
                Unmanaged<ForeignClosure>.fromOpaque(context).takeUnretainedValue().serve(arguments, result)
            }, Unmanaged.passUnretained(self).toOpaque(), code)
        precondition(status == FFI_OK, "numbers and pointers can always be taken")
    }

    deinit { ffi_closure_free(closure) }

    private func serve(
        _ arguments: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ result: UnsafeMutableRawPointer?
    ) {
        switch callback {
        case .uniform:
            guard let scalar = type.result, let result else { return }
            if scalar.isInteger {
                let bits = exchange.bits(scalar.bits)
                ForeignNumber.store(bits, result, bytes: scalar.bytes)
                // Narrow integers are given as a whole register.
                if scalar.bytes < 8 { widen(result, scalar) }
            } else {
                ForeignNumber.real(exchange.uniform(bytes: scalar.bytes)).store(result, as: scalar)
            }
        case .output:
            for (index, parameter) in type.parameters.enumerated() {
                guard case .scalar(let scalar) = parameter, let value = arguments[index] else { continue }
                exchange.take(ForeignNumber(value, scalar))
                break
            }
            result?.storeBytes(of: 0, as: UInt64.self)
        case .ascending, .descending:
            let order = compare(arguments) * (callback == .ascending ? 1 : -1)
            result?.storeBytes(of: order, as: Int64.self)
        }
    }

    private func widen(_ result: UnsafeMutableRawPointer, _ scalar: ForeignScalar) {
        switch ForeignNumber(result, scalar) {
        case .signed(let value): result.storeBytes(of: value, as: Int64.self)
        case .unsigned(let value): result.storeBytes(of: value, as: UInt64.self)
        case .real: break
        }
    }

    /// -1, 0 or 1 for the first two elements; NaN comes last.
    private func compare(_ arguments: UnsafeMutablePointer<UnsafeMutableRawPointer?>) -> Int64 {
        var elements: [ForeignNumber] = []
        for (index, parameter) in type.parameters.enumerated() where elements.count < 2 {
            guard case .element(let scalar) = parameter,
                let element = arguments[index]?.load(as: UnsafeRawPointer?.self)
            else { continue }
            elements.append(ForeignNumber(element, scalar))
        }
        guard elements.count == 2 else { return 0 }
        switch (elements[0], elements[1]) {
        case (.signed(let a), .signed(let b)): return a < b ? -1 : a > b ? 1 : 0
        case (.unsigned(let a), .unsigned(let b)): return a < b ? -1 : a > b ? 1 : 0
        default:
            let (a, b) = (elements[0].double, elements[1].double)
            if a.isNaN || b.isNaN { return a.isNaN ? (b.isNaN ? 0 : 1) : -1 }
            return a < b ? -1 : a > b ? 1 : 0
        }
    }
}
