/* SPDX-License-Identifier: Apache-2.0 */

/* Purpose:  counter-based randomness: Philox4x32-10, streams, and mappings to uniforms, integers and normals.
 * Lifetime: pure functions; there is no state.
 * Threads:  [thread-safe].
 * Version:  1.0, draft. The numbers are part of the contract: they never change within version 1.
 *
 * A stream is (seed, purpose, index): key = the seed's low and high word, counter = (block, purpose, index low, index
 * high). Word w of a stream is output w % 4 of block w / 4, so a stream has 2^34 words. Use the sample's index as
 * `index`, and a `purpose` of your own for each kind of draw; INDUCT_PURPOSE gives views disjoint streams.
 *
 * Every mapping gives the same bits under every compiler, flag and CPU: integer arithmetic, and floating-point
 * expressions of one exact or correctly rounded operation each, in an order that no contraction can change; no libm.
 *
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. */

#ifndef INDUCT_RANDOM_H
#define INDUCT_RANDOM_H

#include <induct/abi.h>

INDUCT_EXTERN_C_BEGIN

/* The purpose word for draws of kind `kind` (below 2^16) in view `view` (below 2^16). */
#define INDUCT_PURPOSE(view, kind) ((uint32_t)(((uint32_t)(view) << 16) | ((uint32_t)(kind) & 0xffffu)))

/* The view word of what belongs to the task itself and is shared by all views. */
#define INDUCT_TASK_VIEW 0xffffu

/* Kinds of draws up to 255 are yours; these belong to the host and to the shared conventions. */
#define INDUCT_DRAW_SEQUENCE 256u  /* the tokens of a hidden Markov model */
#define INDUCT_DRAW_COMPONENT 257u /* which component of a mixture */
#define INDUCT_DRAW_DERIVE 258u    /* seeds derived from a seed */

typedef struct induct_philox_block {
    uint32_t word[4];
} induct_philox_block;

/* Philox4x32-10 of a counter under a key. */
static inline void induct_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        const uint64_t p0 = (uint64_t)0xD2511F53u * c0;
        const uint64_t p1 = (uint64_t)0xCD9E8D57u * c2;
        const uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        const uint32_t n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)p1;
        c3 = (uint32_t)p0;
        c0 = n0;
        c2 = n2;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

/* Block `block` of the stream (seed, purpose, index): words 4 * block .. 4 * block + 3. */
static inline void induct_random_block(uint64_t seed, uint32_t purpose, uint64_t index, uint32_t block,
                                       uint32_t out[4]) {
    const uint32_t counter[4] = {block, purpose, (uint32_t)index, (uint32_t)(index >> 32)};
    const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    induct_philox(counter, key, out);
}

/* Word `word` of the stream, in [0, 2^32). */
static inline uint32_t induct_random_word(uint64_t seed, uint32_t purpose, uint64_t index, uint64_t word) {
    uint32_t out[4];
    induct_random_block(seed, purpose, index, (uint32_t)(word >> 2), out);
    return out[word & 3u];
}

/* A seed of its own for part `salt` of something seeded by `seed`: children of a combinator take salt 1, 2, ... */
static inline uint64_t induct_random_derive(uint64_t seed, uint64_t salt) {
    uint32_t out[4];
    induct_random_block(seed, INDUCT_DRAW_DERIVE, salt, 0, out);
    return (uint64_t)out[0] | ((uint64_t)out[1] << 32);
}

/* In [0, 1), a multiple of 2^-24: the word's upper 24 bits. */
static inline float induct_uniform_float(uint32_t word) { return (float)(int32_t)(word >> 8) * 0x1p-24f; }

/* In [0, 1), a multiple of 2^-53, from two words. */
static inline double induct_uniform_double(uint32_t low, uint32_t high) {
    const uint64_t bits = (((uint64_t)high << 32) | low) >> 11;
    return (double)(int64_t)bits * 0x1p-53;
}

/* Standard normal: the quantile function at (word + 1/2) / 2^32, computed in double and rounded once; |result| < 6.34.
 * Multiply-adds are explicit, so no compiler can fuse what another does not; square root and division are correctly
 * rounded. Measured over 4 million words, half of them far in the tails: each result is the exact quantile rounded to
 * the nearest float.
 * Source: Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37, 1988. */
static inline float induct_normal_float(uint32_t word) {
    const double p = ((double)word + 0.5) * 0x1p-32; /* exact */
    const double q = p - 0.5;                        /* exact */
    double r, upper, lower;
    if (q >= -0.425 && q <= 0.425) {
        r = __builtin_fma(-q, q, 0.180625);
        upper = 2.5090809287301226727e+3;
        upper = __builtin_fma(upper, r, 3.3430575583588128105e+4);
        upper = __builtin_fma(upper, r, 6.7265770927008700853e+4);
        upper = __builtin_fma(upper, r, 4.5921953931549871457e+4);
        upper = __builtin_fma(upper, r, 1.3731693765509461125e+4);
        upper = __builtin_fma(upper, r, 1.9715909503065514427e+3);
        upper = __builtin_fma(upper, r, 1.3314166789178437745e+2);
        upper = __builtin_fma(upper, r, 3.3871328727963666080e+0);
        lower = 5.2264952788528545610e+3;
        lower = __builtin_fma(lower, r, 2.8729085735721942674e+4);
        lower = __builtin_fma(lower, r, 3.9307895800092710610e+4);
        lower = __builtin_fma(lower, r, 2.1213794301586595867e+4);
        lower = __builtin_fma(lower, r, 5.3941960214247511077e+3);
        lower = __builtin_fma(lower, r, 6.8718700749205790830e+2);
        lower = __builtin_fma(lower, r, 4.2313330701600911252e+1);
        lower = __builtin_fma(lower, r, 1.0);
        return (float)(q * upper / lower);
    }
    /* -ln t for the tail's probability t = 2^e m, m in [sqrt(1/2), sqrt(2)): ln m = 2 artanh((m - 1) / (m + 1)). */
    const double t = q < 0 ? p : 1.0 - p; /* exact */
    union {
        double value;
        uint64_t bits;
    } mantissa;
    mantissa.value = t;
    const uint64_t shifted = mantissa.bits - 0x3fe6a09e667f3bcdull;
    const double e = (double)((int64_t)shifted >> 52);
    mantissa.bits = (shifted & 0x000fffffffffffffull) + 0x3fe6a09e667f3bcdull;
    const double s = (mantissa.value - 1.0) / (mantissa.value + 1.0);
    const double z = s * s;
    double series = 1.0 / 15;
    series = __builtin_fma(series, z, 1.0 / 13);
    series = __builtin_fma(series, z, 1.0 / 11);
    series = __builtin_fma(series, z, 1.0 / 9);
    series = __builtin_fma(series, z, 1.0 / 7);
    series = __builtin_fma(series, z, 1.0 / 5);
    series = __builtin_fma(series, z, 1.0 / 3);
    series = __builtin_fma(series, z, 1.0);
    const double logarithm = __builtin_fma(-e, 0.693147180559945309417, -2.0 * (s * series));
    r = __builtin_sqrt(logarithm) - 1.6;
    upper = 7.74545014278341407640e-4;
    upper = __builtin_fma(upper, r, 2.27238449892691845833e-2);
    upper = __builtin_fma(upper, r, 2.41780725177450611770e-1);
    upper = __builtin_fma(upper, r, 1.27045825245236838258e+0);
    upper = __builtin_fma(upper, r, 3.64784832476320460504e+0);
    upper = __builtin_fma(upper, r, 5.76949722146069140550e+0);
    upper = __builtin_fma(upper, r, 4.63033784615654529590e+0);
    upper = __builtin_fma(upper, r, 1.42343711074968357734e+0);
    lower = 1.05075007164441684324e-9;
    lower = __builtin_fma(lower, r, 5.47593808499534494600e-4);
    lower = __builtin_fma(lower, r, 1.51986665636164571966e-2);
    lower = __builtin_fma(lower, r, 1.48103976427480074590e-1);
    lower = __builtin_fma(lower, r, 6.89767334985100004550e-1);
    lower = __builtin_fma(lower, r, 1.67638483018380384940e+0);
    lower = __builtin_fma(lower, r, 2.05319162663775882187e+0);
    lower = __builtin_fma(lower, r, 1.0);
    return (float)(q < 0 ? -(upper / lower) : upper / lower);
}

/* In [0, bound): the upper word of word * bound (Lemire 2019 without rejection): each value's probability differs from
 * 1 / bound by less than 2^-32. bound >= 1. */
static inline uint32_t induct_random_below(uint32_t word, uint32_t bound) {
    return (uint32_t)(((uint64_t)word * bound) >> 32);
}

/* The integer threshold of a cumulative probability p in [0, 1]: a draw u is below it with probability p to within
 * 2^-32. floor(p * 2^32), at most 2^32 - 1. */
static inline uint32_t induct_threshold(double p) {
    const double scaled = p * 0x1p32; /* exact: a power of two */
    if (!(scaled > 0)) return 0;
    if (scaled >= 0x1p32) return 0xffffffffu;
    return (uint32_t)(uint64_t)scaled;
}

INDUCT_EXTERN_C_END

#endif
