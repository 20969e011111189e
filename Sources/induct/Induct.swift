// SPDX-License-Identifier: Apache-2.0

@main
struct Induct {
    static func main() {}
}
