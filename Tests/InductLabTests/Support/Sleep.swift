// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Lets the calling thread rest.
func sleep(milliseconds: Int) { Thread.sleep(forTimeInterval: Double(milliseconds) / 1000) }
