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
