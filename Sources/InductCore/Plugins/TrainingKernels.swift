// SPDX-License-Identifier: Apache-2.0

/// Settings of one step of Adam or AdamW; see induct_adam.
package struct AdamStep: Sendable {
    package var rate: Float
    package var beta1: Float
    package var beta2: Float
    package var epsilon: Float
    package var decay: Float
    package var isDecoupled: Bool
    package var gradientScale: Float
    /// 1 / (1 - beta1^t).
    package var correction1: Float
    /// 1 / (1 - beta2^t).
    package var correction2: Float

    package init(
        rate: Float, beta1: Float, beta2: Float, epsilon: Float, decay: Float, isDecoupled: Bool, gradientScale: Float,
        correction1: Float, correction2: Float
    ) {
        self.rate = rate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.decay = decay
        self.isDecoupled = isDecoupled
        self.gradientScale = gradientScale
        self.correction1 = correction1
        self.correction2 = correction2
    }
}

/// The kernels that the training loop itself needs; the host opens them.
///
/// All run in the calling thread.
package protocol TrainingKernels: Sendable {
    /// "reference", "x86-64-v4", ...
    var variant: String { get }

    /// Softmax cross-entropy over `[rows, classes]`: losses (nats, unweighted), log-probabilities and
    /// scale * weight * d loss / d logits, each where its pointer is given.
    func crossEntropy(
        rows: Int, classes: Int, logits: UnsafePointer<Float>, targets: UnsafePointer<Int32>,
        weights: UnsafePointer<Float>?, scale: Float, losses: UnsafeMutablePointer<Float>?,
        logProbabilities: UnsafeMutablePointer<Float>?, gradients: UnsafeMutablePointer<Float>?)

    /// y = exp(x) / sum exp(x), by row; `x` and `y` are `[rows, columns]`.
    func softmax(rows: Int, columns: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>)
    /// dx = y (dy - sum(dy y)), by row, in place of dy.
    func softmaxBackward(
        rows: Int, columns: Int, outputs: UnsafePointer<Float>, gradients: UnsafeMutablePointer<Float>)

    /// y += x
    func add(count: Int, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>)
    /// x *= factor
    func scale(count: Int, by factor: Float, _ x: UnsafeMutablePointer<Float>)
    /// In double, in an order fixed by the count alone.
    func sumOfSquares(count: Int, _ x: UnsafePointer<Float>) -> Double

    func adam(
        _ step: AdamStep, count: Int, parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
        firstMoment: UnsafeMutablePointer<Float>, secondMoment: UnsafeMutablePointer<Float>)
    func sgd(
        rate: Float, momentum: Float, isNesterov: Bool, decay: Float, gradientScale: Float, count: Int,
        parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
        momentumBuffer: UnsafeMutablePointer<Float>?)

    /// Uniforms in [0, 1) of the stream (seed, purpose, index); the numbers are those of random.h.
    func uniforms(seed: UInt64, purpose: UInt32, index: UInt64, count: Int, _ output: UnsafeMutablePointer<Float>)
    /// Standard normals of the stream (seed, purpose, index).
    func normals(seed: UInt64, purpose: UInt32, index: UInt64, count: Int, _ output: UnsafeMutablePointer<Float>)
}
