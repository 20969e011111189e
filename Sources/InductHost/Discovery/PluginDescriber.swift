// SPDX-License-Identifier: Apache-2.0

import CInduct
import Glibc
package import InductCore
import Logging

/// The other side of discovery: runs in the child process `induct describe-plugin FILE`, where a library may do its worst.
package enum PluginDescriber {
    /// Opens the library in this process and describes it: an object with either "description" or "refused".
    ///
    /// A refusal by the dynamic linker says "linked": false besides.
    ///
    /// - Parameter path: absolute
    /// - Returns: the answer of the child process.
    package static func describe(_ path: String) -> JSON {
        do throws(TableDefect) {
            _ = try LibraryHandle(path: path)
        } catch {
            return ["refused": .string(error.message), "linked": false]
        }
        do throws(TableDefect) {
            let services = HostServices(
                label: FilePaths.name(of: path),
                log: Logger(label: "induct", factory: { _ in SwiftLogNoOpLogHandler() }),
                kernels: kernels, isCancelled: { false }, progress: { _, _ in })
            let library = try PluginLibrary(path: path, services: services)
            return ["description": try PluginDescription(library).json]
        } catch {
            return ["refused": .string(error.message)]
        }
    }

    /// The kernels beside this executable, for a library whose entry asks for them; the table outlives the object.
    private static func kernels() -> UnsafePointer<induct_kernels>? {
        guard let executable = try? FilePaths.resolved("/proc/self/exe") else { return nil }
        return try? KernelLibrary(directory: FilePaths.parent(of: executable)).table
    }

    /// The whole of the subcommand: describes the library and writes the answer, one line of JSON, to standard output, of
    /// which the library itself sees nothing.
    ///
    /// It leaves the process by `_exit`, so that nothing of the library runs after the answer.
    package static func run(_ path: String) -> Never {
        let answer = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        guard answer >= 0, nowhere >= 0 else { _exit(74) }
        dup2(nowhere, STDOUT_FILENO)
        // A crash is the answer: no handler of the runtime's may catch it, least of all one that comes back from it.
        for fatal in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP] { signal(fatal, SIG_DFL) }
        ChildProcess.endWithParent()
        let own = getpid()
        var description = describe(path)
        // A copy of this process that the library has made has nothing to say.
        if getpid() != own { _exit(0) }
        if waitpid(-1, nil, WNOHANG) >= 0 {
            description = ["refused": "its entry starts other processes; start none while it is loaded"]
        }
        let bytes = Array((description.text + "\n").utf8)
        var written = 0
        while written < bytes.count {
            let wanted = bytes.count - written
            let put = bytes.withUnsafeBytes { write(answer, $0.baseAddress.map { $0 + written }, wanted) }
            guard put > 0 else { _exit(74) }
            written += put
        }
        _exit(0)
    }
}
