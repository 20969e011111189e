// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a process shares among all that runs in it.
enum ProcessState {
    /// How many threads it has.
    static var threads: Int { entries(of: "/proc/self/task") }

    /// How many files it has open.
    static var openFiles: Int { entries(of: "/proc/self/fd") }

    /// Environment, working directory, mask of new files, locale, rounding and signal handlers.
    static var surroundings: [(name: String, value: [String])] {
        var variables: [String] = []
        var pointer = environ
        while let entry = pointer.pointee {
            variables.append(String(cString: entry))
            pointer += 1
        }
        let mask = umask(0)
        umask(mask)
        var directory = [CChar](repeating: 0, count: Int(PATH_MAX))
        let path = getcwd(&directory, directory.count).map { String(cString: $0) } ?? ""
        let handlers = (1..<Int32(32)).map { signal -> String in
            var action = sigaction()
            sigaction(signal, nil, &action)
            return "\(unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self))"
        }
        return [
            ("environment", variables), ("working directory", [path]), ("mask of new files", ["\(mask)"]),
            ("locale", [setlocale(LC_ALL, nil).map { String(cString: $0) } ?? ""]),
            ("rounding mode", ["\(fegetround())"]), ("signal handlers", handlers),
        ]
    }

    private static func entries(of path: String) -> Int {
        guard let directory = opendir(path) else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        return count
    }
}

/// Seconds since its making, without those that the thread spent waiting for a processor: a busy machine is nobody's
/// fault.
struct Stopwatch {
    private let start = Stopwatch.reading

    var seconds: Double {
        let now = Self.reading
        return now.elapsed - start.elapsed - (now.waited - start.waited)
    }

    /// Monotonic time, and from /proc/thread-self/schedstat the time spent runnable but not running; 0 without it.
    private static var reading: (elapsed: Double, waited: Double) {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        var text = [UInt8](repeating: 0, count: 128)
        let file = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC)
        if file >= 0 {
            _ = read(file, &text, text.count)
            close(file)
        }
        let fields = String(decoding: text.prefix { $0 != 0 }, as: UTF8.self).split(separator: " ")
        let waited = fields.count > 1 ? Double(fields[1]) ?? 0 : 0
        return (Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9, waited * 1e-9)
    }
}

/// Standard output and standard error, caught.
enum CapturedOutput {
    /// What `body` writes to either.
    static func bytes(_ body: () throws -> Void) throws -> [UInt8] {
        fflush(nil)
        guard let stream = tmpfile() else { throw CheckSkipped("no temporary file can be made") }
        defer { fclose(stream) }
        let file = fileno(stream)
        let kept = [STDOUT_FILENO, STDERR_FILENO].map { ($0, dup($0)) }
        for (number, _) in kept { dup2(file, number) }
        let result = Result { try body() }
        fflush(nil)
        for (number, copy) in kept {
            dup2(copy, number)
            close(copy)
        }
        try result.get()
        let size = min(max(0, Int(lseek(file, 0, SEEK_END))), 1 << 16)
        var bytes = [UInt8](repeating: 0, count: size)
        let got = pread(file, &bytes, size, 0)
        return Array(bytes.prefix(max(0, got)))
    }
}
