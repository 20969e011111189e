// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import InductCore
import InductHost
import InductLab
import InductReport
import InductTheory

/// How a command ends: 0 well, 1 negative verdict, 64 wrong usage or spec, 65 bad input or refused plugin, 69 a plugin
/// failed, 70 a defect of ours, 74 input or output, 130 interrupted.
enum ExitStatus {
    static let negative: Int32 = 1
    static let usage: Int32 = 64
    static let badInput: Int32 = 65
    static let pluginFailed: Int32 = 69
    static let defect: Int32 = 70
    static let inputOutput: Int32 = 74
    static let interrupted: Int32 = 130

    /// Prints the error, once, and ends the process.
    static func end(by error: any Error) -> Never {
        switch error {
        case let exit as QuietExit: Glibc.exit(exit.code)
        case is BrokenPipe: Glibc.exit(0)
        default: break
        }
        if let code = code(of: error) {
            StandardError.write("induct: \(message(of: error))\n")
            Glibc.exit(code)
        }
        let code = Induct.exitCode(for: error).rawValue
        let text = Induct.fullMessage(for: error)
        if code == 0 {
            // Help that cannot be written is an error of its own.
            do { try StandardOutput.write(text + "\n") } catch { end(by: error) }
        } else {
            StandardError.write("induct: " + (text.hasPrefix("Error: ") ? String(text.dropFirst(7)) : text) + "\n")
        }
        Glibc.exit(code)
    }

    /// Nil for the errors of the argument parser, help and version among them.
    private static func code(of error: any Error) -> Int32? {
        switch error {
        case is SpecError, is UsageError: usage
        case is JSONError: badInput
        case let failure as PluginFailure: ending(by: failure)
        case let error as HostError: error.exitCode
        case let error as CommandError: error.code
        case let error as LabError: error.exitCode
        case let error as ReportError:
            switch error {
            case .file: inputOutput
            case .content: badInput
            }
        case let error as TheoryError:
            switch error {
            case .invalidTokens, .invalidRequest, .unavailable: usage
            case .invalidModel: pluginFailed
            case .plugin(let failure): ending(by: failure)
            }
        default: Self.isOfTheParser(error) ? nil : defect
        }
    }

    /// A plugin that gives up is interrupted only where somebody interrupts.
    private static func ending(by failure: PluginFailure) -> Int32 {
        failure.isCancellation && Interruption.isAsked ? interrupted : pluginFailed
    }

    private static func isOfTheParser(_ error: any Error) -> Bool {
        if error is ExitCode || error is ValidationError || error is CleanExit { return true }
        let code = Induct.exitCode(for: error)
        return code == .validationFailure || code == .success
    }

    private static func message(of error: any Error) -> String {
        switch error {
        case let failure as PluginFailure where failure.isCancellation && !Interruption.isAsked:
            "\(failure); nobody had asked it to stop"
        case is SpecError, is UsageError, is JSONError, is PluginFailure, is HostError, is CommandError, is TheoryError,
            is LabError, is ReportError:
            "\(error)"
        default: "a defect of Induct: \(error)"
        }
    }
}

/// Arguments that do not fit together; exit code 64.
struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Another failure of a command, with its exit code.
struct CommandError: Error, CustomStringConvertible {
    let code: Int32
    let description: String

    init(_ description: String, code: Int32) {
        self.description = description
        self.code = code
    }
}

/// The end of a command that has said all it had to say.
struct QuietExit: Error {
    let code: Int32
}
