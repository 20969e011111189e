// SPDX-License-Identifier: Apache-2.0

internal import CLAPACK

/// One cluster of equal eigenvalues after block-diagonalisation: h_l gets row T^(l-1) column from it.
struct SpectralBlock {
    /// Number of eigenvalues in it.
    let size: Int
    /// Their mean.
    let eigenvalue: Complex
    /// The block of T, upper triangular and column-major.
    let matrix: [Complex]
    let row: [Complex]
    let column: [Complex]

    /// The index of the eigenvalue: the smallest m with N^m = 0, N the strictly upper part.
    var index: Int {
        var power = matrix
        for i in 0..<size { power[i * size + i] = .zero }
        let nilpotent = power
        var exponent = 1
        while exponent < size, power.contains(where: { $0.modulus > 1e-8 }) {
            var next = [Complex](repeating: .zero, count: size * size)
            for j in 0..<size {
                for k in 0..<j where nilpotent[j * size + k].modulus > 0 {
                    for i in 0..<k { next[j * size + i] += power[k * size + i] * nilpotent[j * size + k] }
                }
            }
            power = next
            exponent += 1
        }
        return exponent
    }

    /// Real part of row T^(l-1) column for l = 1 to `count`.
    func contribution(count: Int) -> [Double] {
        var state = row
        var values: [Double] = []
        values.reserveCapacity(count)
        var next = state
        for _ in 0..<count {
            var sum = 0.0
            for i in 0..<size { sum += state[i].re * column[i].re - state[i].im * column[i].im }
            values.append(sum)
            for j in 0..<size {
                var entry = Complex.zero
                for i in 0...j { entry += state[i] * matrix[j * size + i] }
                next[j] = entry
            }
            swap(&state, &next)
        }
        return values
    }
}
