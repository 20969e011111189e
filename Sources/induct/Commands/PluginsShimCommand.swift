// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore
import InductHost

/// `induct plugins shim MANIFEST`: the plugin in C that a foreign manifest describes.
struct PluginsShimCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shim",
        abstract: "Write the C plugin that the manifest of a foreign library describes, for compiled speed.",
        discussion: "In the new directory, `make` builds the plugin and `make test` runs its checks.")

    @Argument(help: "A manifest, or a bundle that holds one.")
    var manifest: String

    @Option(
        help: ArgumentHelp("Where to write it; the default is a directory named by its id.", valueName: "directory"))
    var output: String?

    @OptionGroup var common: CommonOptions

    func run() throws {
        let shim = try ForeignShim(manifest: manifest, options: try common.hostOptions())
        let directory = output ?? shim.name
        try NewDirectory.write(
            [("\(shim.name).c", shim.source), ("Makefile", try Self.makefile(shim))], to: directory)
        switch common.format {
        case .json: try StandardOutput.write(["directory": .string(directory), "library": .string(shim.library)])
        case .text:
            try StandardOutput.write(
                """
                \(directory): \(shim.name).c, which calls \(shim.library)
                  make -C \(directory)          builds \(shim.name).so
                  make -C \(directory) test     runs its checks

                """)
        }
    }

    /// The build file of the templates in C, with the library linked.
    private static func makefile(_ shim: ForeignShim) throws -> String {
        let sdk = try SDKDirectory.path()
        return try TextFile.read("\(sdk)/C/templates/Makefile", limit: 1 << 20)
            .replacing("noisy-cycle", with: shim.name).replacing("-lm", with: "-lm \(shim.library)")
            .replacing("@SDK@", with: sdk).replacing("@INDUCT@", with: try Executable.path())
    }
}
