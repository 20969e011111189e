// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Asks a child process to describe a library or a Python file.
struct DescriberProcess: Sendable {
    /// The executable `induct`.
    private let executable: String
    /// Seconds until it is killed.
    private let limit: Double
    private let python: PythonInterpreter?

    init(_ options: HostOptions) {
        executable = options.describer
        limit = options.describeLimit
        python = options.python
    }

    /// What came of it.
    enum Outcome: Equatable {
        case described(PluginDescription)
        case refused(String)
        /// It took too long; worth another try after a while.
        case tooSlow(String)
        /// It could not be asked, or did not survive it; worth another try at once, for the cause may lie elsewhere.
        case failed(String)
    }

    /// What a description is remembered by: the file's digest, and for Python what runs it.
    func cacheKey(ofFile digest: String, runtime: PluginRuntime) -> String {
        switch runtime {
        case .native: digest
        case .python: Digest.of("python \(python?.path ?? "") \(digest)".utf8)
        }
    }

    func describe(_ path: String, runtime: PluginRuntime) -> Outcome {
        switch runtime {
        case .native:
            let note: PluginNote?
            do throws(TableDefect) {
                note = try PluginNote(library: path)
                try note?.checkMajor()
            } catch {
                return .failed(error.message)
            }
            let child = ChildProcess(
                executable: executable, arguments: ["describe-plugin", path], limit: limit,
                environment: SanitizerRuntime(neededBy: path)?.environment ?? [:])
            let (answer, end) = child.run()
            return agreed(interpret(answer, end, of: child), note)
        case .python:
            guard let python else { return .failed(PythonInterpreter.missing) }
            // Importing what a plugin imports may take long, the first time.
            let child = ChildProcess(
                executable: python.path, arguments: python.arguments(for: path, describing: true), limit: 6 * limit,
                environment: python.environment, joinsErrors: true)
            let (answer, end) = child.run()
            return interpret(python: answer, end, of: child)
        }
    }

    /// A description that the library's note contradicts is none.
    private func agreed(_ outcome: Outcome, _ note: PluginNote?) -> Outcome {
        guard case .described(let description) = outcome, let note else { return outcome }
        do throws(TableDefect) {
            try note.check(description)
            return outcome
        } catch {
            return .refused(error.message)
        }
    }

    private func interpret(_ answer: [UInt8], _ end: ChildProcess.End, of child: ChildProcess) -> Outcome {
        switch end {
        case .notStarted(let reason):
            return .failed("it cannot be described: \(reason); it is needed to look at plugins")
        case .slow:
            return .tooSlow(
                "describing it took longer than \(child.limit) s: its entry or a constructor does not return")
        case .talkative:
            return .failed("describing it gave more than \(child.mostBytes) bytes")
        case .signal(let signal):
            return .failed("describing it crashed with \(signal): its entry or a constructor is broken")
        case .code(let code):
            return interpret(answer, code: code)
        }
    }

    /// The last line is the answer, if the package came as far as giving one; what comes before it, the file has said.
    private func interpret(python answer: [UInt8], _ end: ChildProcess.End, of child: ChildProcess) -> Outcome {
        let lines = answer.split(separator: UInt8(ascii: "\n"))
        let last = lines.last.map { String(decoding: $0, as: UTF8.self) } ?? ""
        switch end {
        case .notStarted(let reason):
            return .failed("\(reason): set INDUCT_PYTHON to a Python interpreter")
        case .slow: return .failed("importing it took longer than \(child.limit) s")
        case .talkative, .signal: return interpret(answer, end, of: child)
        case .code(let code):
            if last.first == "{" { return interpret(Array((last + "\n").utf8), code: code) }
            let isMissing = last.contains("No module named") && last.contains("induct")
            return .failed(
                "\(child.executable) cannot describe it: \(last.isEmpty ? "exit code \(code)" : last)"
                    + (isMissing
                        ? "; install the package with '\(child.executable) -m pip install SDK/Python', or set "
                            + "INDUCT_PYTHON to an interpreter that has it" : ""))
        }
    }

    private func interpret(_ answer: [UInt8], code: Int32) -> Outcome {
        guard !answer.isEmpty, answer.last == UInt8(ascii: "\n") else {
            return .failed(
                "describing it ended early with exit code \(code) and no whole answer: its entry or a constructor "
                    + "calls exit()")
        }
        guard let text = String(validating: answer, as: UTF8.self), let json = try? JSON(parsing: text) else {
            return .failed("describing it gave something that is no description")
        }
        if let reason = json["refused"]?.string {
            // What the dynamic linker misses today may be there tomorrow.
            return json["linked"]?.bool == false ? .failed(reason) : .refused(reason)
        }
        guard code == 0, let description = json["description"] else {
            return .failed("describing it gave no description, and exit code \(code)")
        }
        do throws(TableDefect) {
            return .described(try PluginDescription(description))
        } catch {
            return .refused("its description is malformed: \(error.message)")
        }
    }
}
