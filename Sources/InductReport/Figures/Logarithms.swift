// SPDX-License-Identifier: Apache-2.0

import Glibc

/// base^exponent, for places on a logarithmic axis.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

/// ln x.
func naturalLogarithm(_ x: Double) -> Double { log(x) }
