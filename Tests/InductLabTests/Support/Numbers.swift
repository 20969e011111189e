// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The system's elementary functions, to hold ours against.
enum Numbers {
    static func exp(_ x: Double) -> Double { Foundation.exp(x) }
    static func log(_ x: Double) -> Double { Foundation.log(x) }
    static func cos(_ x: Double) -> Double { Foundation.cos(x) }
}
