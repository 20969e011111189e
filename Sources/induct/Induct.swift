// SPDX-License-Identifier: Apache-2.0

@main
struct Induct {
    static func main() {
        let arguments = CommandLine.arguments
        if arguments.count == 3, arguments[1] == "describe-plugin" { DescribePlugin.run(arguments[2]) }
    }
}
