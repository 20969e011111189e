// SPDX-License-Identifier: Apache-2.0

internal import CLAPACK

extension Spectrum {
    /// Presentations above this size get no spectrum.
    static let largestPresentation = 2000
    /// Elementary operations above which reordering is not worth the time.
    static let mostWork = 4e8
    /// The contributions must add up to h_l within this many nats.
    static let tolerance = 1e-10

    /// The spectral decomposition of h_l = v W^(l-1) g, for W that need not be diagonalisable.
    ///
    /// Equal eigenvalues are brought together in the Schur form, and the clusters are decoupled by Sylvester equations.
    /// Numbers that differ by rounding only cannot be told from equal ones in advance (a block of index m scatters them by
    /// epsilon^(1/m)): the clusters are widened until the contributions add up to the entropies.
    ///
    /// Nil for presentations that are too large, or where no clustering gives the entropies back.
    /// Source: Bavely and Stewart 1979; Riechers and Crutchfield 2018 for the meaning of the parts.
    ///
    /// - Parameters:
    ///   - presentation: W, v and g
    ///   - entropy: h_1, h_2, ... to compare with
    init?(_ presentation: FinitePresentation, entropy: [Double]) {
        guard presentation.count <= Self.largestPresentation, let form = TriangularForm(presentation) else {
            return nil
        }
        for width in [1e-6, 1e-5, 1e-4, 1e-3, 1e-2] {
            let clusters = Self.clusters(form.eigenvalues, width: width)
            guard let blocks = Self.decoupled(form, clusters) else { continue }
            let work = blocks.reduce(0) { $0 + $1.size * $1.size }
            let count = min(entropy.count, max(64, Int(2e8) / max(1, work)))
            let shares = blocks.map { $0.contribution(count: count) }
            var residual = 0.0
            for l in 0..<count { residual = max(residual, abs(shares.reduce(0) { $0 + $1[l] } - entropy[l])) }
            guard residual <= Self.tolerance else { continue }
            let values = zip(blocks, shares).map { block, share in
                Eigenvalue(
                    real: Self.snapped(block.eigenvalue.re), imaginary: Self.snapped(block.eigenvalue.im),
                    index: block.index, multiplicity: block.size, contribution: share)
            }
            self.init(eigenvalues: values.sorted(by: Self.precedes), residual: residual)
            return
        }
        return nil
    }

    private static func snapped(_ value: Double) -> Double { abs(value) < 1e-12 ? 0 : value }

    private static func precedes(_ a: Eigenvalue, _ b: Eigenvalue) -> Bool {
        let (first, second) = (a.real * a.real + a.imaginary * a.imaginary, b.real * b.real + b.imaginary * b.imaginary)
        if abs(first - second) > 1e-12 { return first > second }
        return (a.real, a.imaginary) > (b.real, b.imaginary)
    }

    /// Numbers the clusters of values that chains of steps up to `width` connect: `[values]`.
    private static func clusters(_ values: [Complex], width: Double) -> [Int] {
        var cluster = [Int](repeating: -1, count: values.count)
        var count = 0
        for seed in values.indices where cluster[seed] < 0 {
            cluster[seed] = count
            var queue = [seed]
            while let here = queue.popLast() {
                for other in values.indices where cluster[other] < 0 {
                    if (values[other] - values[here]).modulus <= width {
                        cluster[other] = count
                        queue.append(other)
                    }
                }
            }
            count += 1
        }
        return cluster
    }

    /// Brings each cluster together and decouples it from the rest; nil where that takes too long or fails.
    private static func decoupled(_ original: TriangularForm, _ clusters: [Int]) -> [SpectralBlock]? {
        var form = original
        var order = clusters
        let size = form.size
        let count = (clusters.max() ?? -1) + 1
        // Clusters in the order of their mean places need the fewest swaps.
        var places = [Double](repeating: 0, count: count)
        var sizes = [Int](repeating: 0, count: count)
        for (place, cluster) in clusters.enumerated() {
            places[cluster] += Double(place)
            sizes[cluster] += 1
        }
        let sorted = (0..<count).sorted { places[$0] / Double(sizes[$0]) < places[$1] / Double(sizes[$1]) }
        var rank = [Int](repeating: 0, count: count)
        for (position, cluster) in sorted.enumerated() { rank[cluster] = position }
        var swaps = 0
        for i in 1..<max(1, size) {
            var j = i
            while j > 0, rank[order[j - 1]] > rank[order[j]] {
                form.swapNeighbours(j - 1)
                order.swapAt(j - 1, j)
                j -= 1
                swaps += 1
                if Double(swaps) * Double(size) > mostWork { return nil }
            }
        }
        var blocks: [SpectralBlock] = []
        var first = 0
        for cluster in sorted {
            let width = sizes[cluster]
            guard let block = separate(&form, first, width) else { return nil }
            blocks.append(block)
            first += width
        }
        return blocks
    }

    /// Decouples the diagonal block [first, first + width) from what follows: A X - X B = -C.
    private static func separate(_ form: inout TriangularForm, _ first: Int, _ width: Int) -> SpectralBlock? {
        let size = form.size
        let rest = size - first - width
        var own = [Complex](repeating: .zero, count: width * width)
        for j in 0..<width {
            for i in 0...j { own[j * width + i] = form.matrix[(first + j) * size + first + i] }
        }
        var column = Array(form.column[first..<(first + width)])
        let row = Array(form.row[first..<(first + width)])
        if rest > 0 {
            var other = [Complex](repeating: .zero, count: rest * rest)
            var solution = [Complex](repeating: .zero, count: width * rest)
            for j in 0..<rest {
                let source = (first + width + j) * size
                for i in 0...j { other[j * rest + i] = form.matrix[source + first + width + i] }
                for i in 0..<width { solution[j * width + i] = Complex.zero - form.matrix[source + first + i] }
            }
            var scale = 1.0
            let plain = CChar(UInt8(ascii: "N"))
            let status = LAPACKE_ztrsyl(
                LAPACK_COL_MAJOR, plain, plain, -1, Int32(width), Int32(rest), &own, Int32(width), &other, Int32(rest),
                &solution, Int32(width), &scale)
            guard status >= 0, scale > 0 else { return nil }
            for j in 0..<rest {
                var sum = Complex.zero
                for i in 0..<width {
                    let entry = Complex(
                        re: solution[j * width + i].re / scale, im: solution[j * width + i].im / scale)
                    sum += row[i] * entry
                    column[i] -= entry * form.column[first + width + j]
                }
                form.row[first + width + j] += sum
            }
        }
        var mean = Complex.zero
        for i in 0..<width { mean += own[i * width + i] }
        mean = Complex(re: mean.re / Double(width), im: mean.im / Double(width))
        return SpectralBlock(size: width, eigenvalue: mean, matrix: own, row: row, column: column)
    }
}
