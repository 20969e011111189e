// SPDX-License-Identifier: Apache-2.0

import CInduct
import Glibc
import InductCore

/// A foreign manifest whose library is in this process.
final class ForeignLibrary: Sendable {
    let manifest: ForeignManifest
    let handle: LibraryHandle

    /// Opens the library's file, which was found and checked.
    init(_ manifest: ForeignManifest, path: String) throws(TableDefect) {
        self.manifest = manifest
        handle = try LibraryHandle(path: path)
    }

    private func part(_ call: induct_create, _ kind: PluginKind) throws(ForeignFailure) -> (ForeignPart, JSON) {
        let name = call.name.map { String(cString: $0) } ?? ""
        guard let part = manifest.parts.first(where: { $0.kind == kind && $0.name == name }) else {
            throw ForeignFailure("there is no \(kind.name) '\(name)'", status: INDUCT_NOT_FOUND)
        }
        let text = call.config.map { String(cString: $0) } ?? "{}"
        guard let config = try? JSON(parsing: text) else {
            throw ForeignFailure("the configuration is no JSON", status: INDUCT_INVALID_ARGUMENT)
        }
        return (part, config)
    }

    func source(_ call: induct_create) throws(ForeignFailure) -> UnsafePointer<induct_source> {
        let (part, config) = try part(call, .source)
        guard case .source(let plan) = part.body else { preconditionFailure("a source has a source's plan") }
        return try ForeignSource(part, plan, in: self, config: config).makeTable()
    }

    func evaluator(_ call: induct_create) throws(ForeignFailure) -> UnsafePointer<induct_evaluator> {
        let (part, config) = try part(call, .evaluator)
        guard case .evaluator(let plan) = part.body else { preconditionFailure("an evaluator has an evaluator's plan") }
        guard let schema = call.schema?.pointee, let list = schema.tensors else {
            throw ForeignFailure("the call has no schema", status: INDUCT_INVALID_ARGUMENT)
        }
        let tensors = (0..<Int(schema.tensor_count)).map { index in
            list[index]?.pointee.name.map { String(cString: $0) } ?? ""
        }
        return try ForeignEvaluator(part, plan, in: self, config: config, tensors: tensors).makeTable()
    }

    /// Factories that make parts of the library that the host's table leads to.
    static var factories: PluginLibrary.Factories {
        var factories = PluginLibrary.Factories()
        factories.source.create = { call, handle, error in
            guard let call, let handle, let library = HostServices.of(call.pointee.host)?.foreign else {
                return INDUCT_INVALID_ARGUMENT
            }
            return ForeignLibrary.answer(error) { () throws(ForeignFailure) in
                handle.pointee = try library.source(call.pointee)
            }
        }
        factories.evaluator.create = { call, handle, error in
            guard let call, let handle, let library = HostServices.of(call.pointee.host)?.foreign else {
                return INDUCT_INVALID_ARGUMENT
            }
            return ForeignLibrary.answer(error) { () throws(ForeignFailure) in
                handle.pointee = try library.evaluator(call.pointee)
            }
        }
        return factories
    }

    /// Turns a failure into a status.
    ///
    /// What the library's functions leave in errno ends here.
    static func answer(
        _ error: UnsafeMutablePointer<induct_error>?, _ body: () throws(ForeignFailure) -> Void
    ) -> induct_status {
        let number = errno
        defer { errno = number }
        do throws(ForeignFailure) {
            try body()
            return INDUCT_OK
        } catch let failure {
            return PluginStatus.report(status: failure.status, message: failure.message, to: error)
        }
    }
}
