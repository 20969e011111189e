// SPDX-License-Identifier: Apache-2.0

import Glibc

/// base^exponent, for places on a logarithmic axis.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

/// ln x.
func naturalLogarithm(_ x: Double) -> Double { log(x) }

/// log2 x, exact for powers of two.
func binaryLogarithm(_ x: Double) -> Double { log2(x) }
