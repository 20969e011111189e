// SPDX-License-Identifier: Apache-2.0

import CInduct
import Glibc
import InductCore

/// A source made through the ABI without any host: no kernels, no services.
///
/// Children are handed over as they are, configurations as the specs state them, so every parameter must be given or have
/// no say.
final class PlainSource {
    private let table: UnsafePointer<induct_source>
    private let children: [PlainSource]

    struct Failure: Error {
        let message: String
    }

    convenience init(_ spec: String) throws { try self.init(PluginSpec(parsing: spec)) }

    private init(_ spec: PluginSpec) throws {
        children = try spec.children.map { try PlainSource($0) }
        let defaults = [
            "mess3": "{\"x\":0.15,\"a\":0.6}", "dursley-wonka": "{\"p\":0.4,\"q\":0.25}", "coin": "{\"p\":0.3}",
        ]
        let factory = try Self.factory().assumingMemoryBound(to: induct_source_factory.self)
        var records = children.map { child in
            induct_child(
                struct_size: UInt32(MemoryLayout<induct_child>.size), kind: INDUCT_KIND_SOURCE, key: nil, spec: nil,
                handle: UnsafeRawPointer(child.table))
        }
        var made: UnsafePointer<induct_source>?
        let status = records.withUnsafeMutableBufferPointer { records in
            let pointers = records.indices.map { index in records.baseAddress.map { UnsafePointer($0 + index) } }
            return pointers.withUnsafeBufferPointer { pointers in
                spec.name.withCString { name in
                    (defaults[spec.name] ?? "{}").withCString { config in
                        var call = induct_create()
                        call.struct_size = UInt32(MemoryLayout<induct_create>.size)
                        call.child_count = UInt32(pointers.count)
                        call.name = name
                        call.config = config
                        call.children = pointers.baseAddress
                        return factory.pointee.create(&call, &made, nil)
                    }
                }
            }
        }
        guard status == INDUCT_OK, let made else { throw Failure(message: "create gave status \(status)") }
        table = made
    }

    deinit { table.pointee.destroy(table) }

    func tokens(seed: UInt64, first: UInt64, count: Int, length: Int) throws -> [[Int]] {
        var values = [Int32](repeating: -1, count: count * length)
        var shape = [Int64(count), Int64(length), Int64(length), 1]
        let size = table.pointee.schema(table)?.pointee.tensor_count ?? 0
        let status = values.withUnsafeMutableBytes { values in
            shape.withUnsafeMutableBufferPointer { shape in
                var tensor = induct_tensor(
                    data: values.baseAddress, device: induct_device(type: 1, id: 0), rank: 2,
                    dtype: induct_dtype(code: UInt8(INDUCT_TYPE_INT), bits: 32, lanes: 1), shape: shape.baseAddress,
                    strides: shape.baseAddress.map { $0 + 2 }, byte_offset: 0)
                return withUnsafeMutablePointer(to: &tensor) { tensor in
                    var tensors = [UnsafeMutablePointer<induct_tensor>?](repeating: nil, count: Int(size))
                    tensors[0] = tensor
                    return tensors.withUnsafeBufferPointer { tensors in
                        var call = induct_source_fill()
                        call.struct_size = UInt32(MemoryLayout<induct_source_fill>.size)
                        call.seed = seed
                        call.first = first
                        call.count = UInt64(count)
                        call.length = Int64(length)
                        call.tensor_count = size
                        call.tensors = tensors.baseAddress
                        return table.pointee.fill(table, &call, nil)
                    }
                }
            }
        }
        guard status == INDUCT_OK else { throw Failure(message: "fill gave status \(status)") }
        return (0..<count).map { row in values[row * length..<(row + 1) * length].map { Int($0) } }
    }

    private static func factory() throws -> UnsafeRawPointer {
        typealias Entry = @convention(c) (UnsafeRawPointer?, UnsafeMutableRawPointer?) -> UnsafePointer<induct_plugin>?
        let path = Sources.buildDirectory + "/libSyntheticSources.so"
        guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE),
            let symbol = dlsym(library, INDUCT_PLUGIN_ENTRY),
            let plugin = unsafeBitCast(symbol, to: Entry.self)(nil, nil),
            let factory = plugin.pointee.get_factory(INDUCT_SOURCE_FACTORY)
        else { throw Failure(message: "\(path) cannot be opened: \(dlerror().map { String(cString: $0) } ?? "")") }
        return factory
    }
}
