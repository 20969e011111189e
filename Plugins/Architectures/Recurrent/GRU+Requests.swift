// SPDX-License-Identifier: Apache-2.0

import InductSDK

extension GRU {
    /// Rows `[outer, inner]` to rows `[inner, outer]`.
    func reorder(
        from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>, _ inner: Int, _ outer: Int
    ) {
        for i in 0..<outer {
            for j in 0..<inner {
                (to + (j * outer + i) * width).update(from: from + (i * inner + j) * width, count: width)
            }
        }
    }

    /// Every request reads a point that exists.
    func checkRequests(_ pass: borrowing Pass) throws(InductError) {
        for number in 0..<pass.requestCount {
            guard let request = pass.request(number), request.values != nil,
                activations.contains(where: { request.names($0.name) })
            else {
                throw InductError(
                    .notFound,
                    "the gru has no such point: it has embedding, and layers.i.hidden with i below \(layers.count)")
            }
            guard request.action == .read else {
                throw InductError(.unimplemented, "\"\(request.point)\" can be read, not changed")
            }
        }
    }

    /// Serves the requests about one point.
    func serve(
        _ pass: borrowing Pass, point: Int, stream: UnsafePointer<Float>, _ parts: GRUWorkspace
    ) {
        for number in 0..<pass.requestCount {
            guard let request = pass.request(number), request.names(activations[point].name),
                let values = request.values
            else { continue }
            reorder(from: stream, to: values, pass.count, parts.length)
        }
    }

    func workspace(
        _ pass: borrowing Pass
    ) throws(InductError) -> (parts: GRUWorkspace, base: UnsafeMutablePointer<Float>) {
        let parts = GRUWorkspace(self, mode: pass.mode, count: pass.count, length: pass.length)
        guard pass.workspaceSize >= parts.size * MemoryLayout<Float>.stride else {
            throw InductError(
                .invalidArgument,
                "the workspace has \(pass.workspaceSize) bytes, but workspace_size asked for "
                    + "\(parts.size * MemoryLayout<Float>.stride)")
        }
        return (parts, pass.workspace.assumingMemoryBound(to: Float.self))
    }
}
