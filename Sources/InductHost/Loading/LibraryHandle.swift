// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A shared library that was opened and is never closed: closing one that holds Swift code ends the process.
struct LibraryHandle: @unchecked Sendable {
    let path: String
    private let handle: UnsafeMutableRawPointer

    /// Opens it with all its symbols resolved and none of them offered to other libraries.
    init(path: String) throws(TableDefect) {
        if let runtime = SanitizerRuntime(neededBy: path), !SanitizerRuntime.isLoaded {
            throw TableDefect(
                "it was built with -fsanitize=address, whose runtime must be there first; run the command with "
                    + "LD_PRELOAD=\(runtime.name), or `induct plugins check`, which sees to it")
        }
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) else {
            let message = dlerror().map { String(cString: $0) } ?? "the dynamic linker does not say why"
            throw TableDefect("the dynamic linker refuses it: \(message)")
        }
        self.path = path
        self.handle = handle
    }

    func symbol(_ name: String) -> UnsafeMutableRawPointer? { dlsym(handle, name) }
}
