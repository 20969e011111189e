/* SPDX-License-Identifier: Apache-2.0 */

/* The verbs of the kernels: loads, stores, fused multiply-add, reductions and shuffles of one vector register, as wide as
 * the instruction set that the importing module is compiled for. Everything is inlined; there is no object code.
 *
 * In C because three things cannot be said in Swift alone: unaligned and masked loads, square roots that do not become
 * a call per lane, and shuffles with a constant pattern. Every operation is exact or correctly rounded, and reductions
 * have one fixed order, so results depend on the arguments and the width only. */

#ifndef INDUCT_VECTORS_H
#define INDUCT_VECTORS_H

#include <stddef.h>
#include <stdint.h>

#if defined(__AVX512F__)
#define INDUCT_LANES 16
#include <immintrin.h>
#elif defined(__AVX2__)
#define INDUCT_LANES 8
#include <immintrin.h>
#else
#define INDUCT_LANES 4
#endif

#define INDUCT_VERB(name) static inline __attribute__((always_inline, unused, swift_name(name)))

typedef float induct_vector __attribute__((ext_vector_type(INDUCT_LANES), swift_name("Vector")));
typedef int32_t induct_integers __attribute__((ext_vector_type(INDUCT_LANES), swift_name("Integers")));
typedef uint32_t induct_words __attribute__((ext_vector_type(INDUCT_LANES), swift_name("Words")));
typedef float induct_vector_unaligned __attribute__((ext_vector_type(INDUCT_LANES), aligned(4)));
typedef uint32_t induct_words_unaligned __attribute__((ext_vector_type(INDUCT_LANES), aligned(4)));

/* --- Loads and stores; pointers need the alignment of their element only ------------------------------------------ */

INDUCT_VERB("load(_:)") induct_vector induct_load(const float *from) {
    return *(const induct_vector_unaligned *)from;
}

INDUCT_VERB("store(_:_:)") void induct_store(induct_vector value, float *to) { *(induct_vector_unaligned *)to = value; }

INDUCT_VERB("load(_:)") induct_words induct_load_words(const uint32_t *from) {
    return *(const induct_words_unaligned *)from;
}

INDUCT_VERB("store(_:_:)") void induct_store_words(induct_words value, uint32_t *to) {
    *(induct_words_unaligned *)to = value;
}

/* The first `count` lanes, zero in the others; memory behind them is not touched. count in [0, lanes]. */
INDUCT_VERB("load(_:count:)") induct_vector induct_load_partial(const float *from, ptrdiff_t count) {
#if defined(__AVX512F__)
    const __mmask16 mask = (__mmask16)((1u << count) - 1u);
    return (induct_vector)_mm512_maskz_loadu_ps(mask, from);
#elif defined(__AVX2__)
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return (induct_vector)_mm256_maskload_ps(from, _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), lane));
#else
    induct_vector value = 0;
    for (ptrdiff_t lane = 0; lane < INDUCT_LANES; lane++)
        if (lane < count) value[lane] = from[lane];
    return value;
#endif
}

/* The same address, of which the compiler knows nothing more: addresses that it can tell from each other are computed one
 * after the other, in a chain that a loop has to wait for. */
INDUCT_VERB("settled(_:)") const float *induct_settled_address(const float *from) {
    __asm__("" : "+r"(from));
    return from;
}

/* The compiler moves no load or store across it. */
INDUCT_VERB("keepOrder()") void induct_keep_order(void) { __asm__ volatile("" ::: "memory"); }

/* Fetches a line of the cache that will be written or read soon. */
INDUCT_VERB("prefetch(_:)") void induct_prefetch(const float *from) { __builtin_prefetch(from, 0, 3); }

/* Stores the first `count` lanes and touches nothing behind them. count in [0, lanes]. */
INDUCT_VERB("store(_:_:count:)") void induct_store_partial(induct_vector value, float *to, ptrdiff_t count) {
#if defined(__AVX512F__)
    const __mmask16 mask = (__mmask16)((1u << count) - 1u);
    _mm512_mask_storeu_ps(to, mask, (__m512)value);
#elif defined(__AVX2__)
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    _mm256_maskstore_ps(to, _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), lane), (__m256)value);
#else
    for (ptrdiff_t lane = 0; lane < INDUCT_LANES; lane++)
        if (lane < count) to[lane] = value[lane];
#endif
}

/* --- Arithmetic --------------------------------------------------------------------------------------------------- */

/* a * b + c, rounded once where the instruction set has it, else twice. */
INDUCT_VERB("fusedMultiplyAdd(_:_:_:)")
induct_vector induct_fused_multiply_add(induct_vector a, induct_vector b, induct_vector c) {
#if defined(__FMA__) || defined(__aarch64__)
    return __builtin_elementwise_fma(a, b, c);
#else
    return a * b + c;
#endif
}

/* a / b. The operator of Swift's vectors divides lane by lane, and the compiler does not always put the lanes together. */
INDUCT_VERB("quotient(_:_:)") induct_vector induct_quotient(induct_vector a, induct_vector b) { return a / b; }

/* The greater of two values; the second where one is not a number. */
INDUCT_VERB("maximum(_:_:)") induct_vector induct_maximum(induct_vector a, induct_vector b) { return a > b ? a : b; }

INDUCT_VERB("minimum(_:_:)") induct_vector induct_minimum(induct_vector a, induct_vector b) { return a < b ? a : b; }

INDUCT_VERB("magnitude(_:)") induct_vector induct_magnitude(induct_vector a) { return __builtin_elementwise_abs(a); }

/* Correctly rounded. */
INDUCT_VERB("squareRoot(_:)") induct_vector induct_square_root(induct_vector a) {
    return __builtin_elementwise_sqrt(a);
}

/* `yes` where a < b, else `no` (also where one is not a number). */
INDUCT_VERB("select(_:less:_:else:)")
induct_vector induct_select_less(induct_vector a, induct_vector b, induct_vector yes, induct_vector no) {
    return a < b ? yes : no;
}

/* --- Bits --------------------------------------------------------------------------------------------------------- */

INDUCT_VERB("bits(_:)") induct_integers induct_bits(induct_vector a) { return (induct_integers)a; }

INDUCT_VERB("floats(bits:)") induct_vector induct_floats_of_bits(induct_integers a) { return (induct_vector)a; }

INDUCT_VERB("shiftedLeft(_:_:)") induct_integers induct_shift_left(induct_integers a, int32_t count) {
    return (induct_integers)((induct_words)a << (uint32_t)count);
}

INDUCT_VERB("shiftedRight(_:_:)") induct_integers induct_shift_right(induct_integers a, int32_t count) {
    return a >> count;
}

INDUCT_VERB("floats(_:)") induct_vector induct_floats(induct_integers a) {
    return __builtin_convertvector(a, induct_vector);
}

/* The upper 32 bits of each product with a constant. */
INDUCT_VERB("upperProduct(_:_:)") induct_words induct_upper_product(induct_words a, uint32_t factor) {
#if defined(__AVX512F__)
    const __m512i factors = _mm512_set1_epi32((int)factor);
    const __m512i even = _mm512_mul_epu32((__m512i)a, factors);
    const __m512i odd = _mm512_mul_epu32(_mm512_srli_epi64((__m512i)a, 32), factors);
    return (induct_words)_mm512_mask_blend_epi32(0xAAAA, _mm512_srli_epi64(even, 32), odd);
#elif defined(__AVX2__)
    const __m256i factors = _mm256_set1_epi32((int)factor);
    const __m256i even = _mm256_mul_epu32((__m256i)a, factors);
    const __m256i odd = _mm256_mul_epu32(_mm256_srli_epi64((__m256i)a, 32), factors);
    return (induct_words)_mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA);
#else
    typedef uint64_t wide __attribute__((ext_vector_type(INDUCT_LANES)));
    return __builtin_convertvector((__builtin_convertvector(a, wide) * (uint64_t)factor) >> 32, induct_words);
#endif
}

/* table[index] for each lane; indices in [0, lanes). */
INDUCT_VERB("lookUp(_:in:)") induct_words induct_look_up(induct_words index, induct_words table) {
#if defined(__AVX512F__)
    return (induct_words)_mm512_permutexvar_epi32((__m512i)index, (__m512i)table);
#elif defined(__AVX2__)
    return (induct_words)_mm256_permutevar8x32_epi32((__m256i)table, (__m256i)index);
#else
    induct_words value = 0;
    for (int lane = 0; lane < INDUCT_LANES; lane++) value[lane] = table[index[lane] & (INDUCT_LANES - 1)];
    return value;
#endif
}

/* `yes` where a < b as unsigned numbers, else `no`. */
INDUCT_VERB("select(_:less:_:else:)")
induct_words induct_select_less_words(induct_words a, induct_words b, induct_words yes, induct_words no) {
    return a < b ? yes : no;
}

INDUCT_VERB("words(_:)") induct_words induct_words_of_vector(induct_vector a) { return (induct_words)a; }

INDUCT_VERB("floats(bits:)") induct_vector induct_floats_of_words(induct_words a) { return (induct_vector)a; }

/* --- Reductions: halves are combined until one lane is left ------------------------------------------------------- */

/* Makes the compiler take a value as it is: without it, a loop that only feeds a reduction keeps its two halves apart. */
INDUCT_VERB("settled(_:)") induct_vector induct_settled(induct_vector a) {
#if defined(__AVX512F__)
    __asm__("" : "+v"(a));
#elif defined(__x86_64__)
    __asm__("" : "+x"(a));
#endif
    return a;
}

INDUCT_VERB("sum(_:)") float induct_sum(induct_vector a) {
    a = induct_settled(a);
#if INDUCT_LANES == 16
    const __attribute__((ext_vector_type(8))) float eight = a.lo + a.hi;
    const __attribute__((ext_vector_type(4))) float four = eight.lo + eight.hi;
#elif INDUCT_LANES == 8
    const __attribute__((ext_vector_type(4))) float four = a.lo + a.hi;
#else
    const __attribute__((ext_vector_type(4))) float four = a;
#endif
    const __attribute__((ext_vector_type(2))) float two = four.lo + four.hi;
    return two.x + two.y;
}

INDUCT_VERB("greatest(_:)") float induct_greatest(induct_vector a) {
    a = induct_settled(a);
#if INDUCT_LANES == 16
    const __attribute__((ext_vector_type(8))) float eight = a.lo > a.hi ? a.lo : a.hi;
    const __attribute__((ext_vector_type(4))) float four = eight.lo > eight.hi ? eight.lo : eight.hi;
#elif INDUCT_LANES == 8
    const __attribute__((ext_vector_type(4))) float four = a.lo > a.hi ? a.lo : a.hi;
#else
    const __attribute__((ext_vector_type(4))) float four = a;
#endif
    const __attribute__((ext_vector_type(2))) float two = four.lo > four.hi ? four.lo : four.hi;
    return two.x > two.y ? two.x : two.y;
}

/* --- Eight doubles, under every instruction set ------------------------------------------------------------------- */

typedef double induct_doubles __attribute__((ext_vector_type(8), swift_name("Doubles")));
typedef int64_t induct_long_integers __attribute__((ext_vector_type(8)));

/* Eight floats, exactly. */
INDUCT_VERB("doubles(_:)") induct_doubles induct_load_doubles(const float *from) {
    typedef float eight __attribute__((ext_vector_type(8), aligned(4)));
    return __builtin_convertvector(*(const eight *)from, induct_doubles);
}

/* Eight words as numbers, exactly. */
INDUCT_VERB("doublesOfWords(_:)") induct_doubles induct_load_doubles_of_words(const uint32_t *from) {
    typedef uint32_t eight __attribute__((ext_vector_type(8), aligned(4)));
    return __builtin_convertvector(*(const eight *)from, induct_doubles);
}

/* Rounded to floats. */
INDUCT_VERB("storeFloats(_:_:)") void induct_store_floats(induct_doubles value, float *to) {
    typedef float eight __attribute__((ext_vector_type(8), aligned(4)));
    *(eight *)to = __builtin_convertvector(value, eight);
}

/* a * b + c, rounded once under every instruction set. */
INDUCT_VERB("fusedMultiplyAdd(_:_:_:)")
induct_doubles induct_fused_multiply_add_doubles(induct_doubles a, induct_doubles b, induct_doubles c) {
    return __builtin_elementwise_fma(a, b, c);
}

INDUCT_VERB("squareRoot(_:)") induct_doubles induct_square_root_doubles(induct_doubles a) {
    return __builtin_elementwise_sqrt(a);
}

INDUCT_VERB("magnitude(_:)") induct_doubles induct_magnitude_doubles(induct_doubles a) {
    return __builtin_elementwise_abs(a);
}

INDUCT_VERB("select(_:less:_:else:)")
induct_doubles induct_select_less_doubles(induct_doubles a, induct_doubles b, induct_doubles yes, induct_doubles no) {
    return a < b ? yes : no;
}

/* The upper 12 bits of each, as a signed number. */
INDUCT_VERB("exponents(_:)") induct_doubles induct_exponents(induct_long_integers a) {
    return __builtin_convertvector(a >> 52, induct_doubles);
}

/* table[index] for each lane. */
INDUCT_VERB("gathered(_:from:)")
induct_doubles induct_gather_doubles(induct_long_integers index, const double *table) {
#if defined(__AVX512F__)
    return (induct_doubles)_mm512_i64gather_pd((__m512i)index, table, 8);
#elif defined(__AVX2__)
    const __m256d lower = _mm256_i64gather_pd(table, (__m256i)index.lo, 8);
    const __m256d upper = _mm256_i64gather_pd(table, (__m256i)index.hi, 8);
    return (induct_doubles)__builtin_shufflevector(lower, upper, 0, 1, 2, 3, 4, 5, 6, 7);
#else
    induct_doubles value = 0;
    for (int lane = 0; lane < 8; lane++) value[lane] = table[index[lane]];
    return value;
#endif
}

/* The same for a table of at most eight entries; memory behind them is not touched. */
INDUCT_VERB("lookUpShort(_:in:count:)")
induct_doubles induct_look_up_short(induct_long_integers index, const double *table, ptrdiff_t count) {
#if defined(__AVX512F__)
    const __m512d row = _mm512_maskz_loadu_pd((__mmask8)((1u << count) - 1u), table);
    return (induct_doubles)_mm512_permutexvar_pd((__m512i)index, row);
#else
    (void)count;
    return induct_gather_doubles(index, table);
#endif
}

/* --- Shuffles ----------------------------------------------------------------------------------------------------- */

/* a0 b0 a1 b1 ... from the lower halves. */
INDUCT_VERB("interleaveLower(_:_:)") induct_vector induct_interleave_lower(induct_vector a, induct_vector b) {
#if INDUCT_LANES == 16
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
#elif INDUCT_LANES == 8
    return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
#else
    return __builtin_shufflevector(a, b, 0, 4, 1, 5);
#endif
}

/* The same from the upper halves. */
INDUCT_VERB("interleaveUpper(_:_:)") induct_vector induct_interleave_upper(induct_vector a, induct_vector b) {
#if INDUCT_LANES == 16
    return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#elif INDUCT_LANES == 8
    return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
#else
    return __builtin_shufflevector(a, b, 2, 6, 3, 7);
#endif
}

/* The verbs of a transposition take the lanes by fours. Within each four: a0 b0 a1 b1. */
INDUCT_VERB("zipLower(_:_:)") induct_vector induct_zip_lower(induct_vector a, induct_vector b) {
#if INDUCT_LANES == 16
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);
#elif INDUCT_LANES == 8
    return __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13);
#else
    return __builtin_shufflevector(a, b, 0, 4, 1, 5);
#endif
}

/* Within each four: a2 b2 a3 b3. */
INDUCT_VERB("zipUpper(_:_:)") induct_vector induct_zip_upper(induct_vector a, induct_vector b) {
#if INDUCT_LANES == 16
    return __builtin_shufflevector(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
#elif INDUCT_LANES == 8
    return __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15);
#else
    return __builtin_shufflevector(a, b, 2, 6, 3, 7);
#endif
}

/* Within each four: a0 a1 b0 b1. */
INDUCT_VERB("joinLower(_:_:)") induct_vector induct_join_lower(induct_vector a, induct_vector b) {
#if INDUCT_LANES == 16
    return __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
#elif INDUCT_LANES == 8
    return __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
#else
    return __builtin_shufflevector(a, b, 0, 1, 4, 5);
#endif
}

/* Within each four: a2 a3 b2 b3. */
INDUCT_VERB("joinUpper(_:_:)") induct_vector induct_join_upper(induct_vector a, induct_vector b) {
#if INDUCT_LANES == 16
    return __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
#elif INDUCT_LANES == 8
    return __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
#else
    return __builtin_shufflevector(a, b, 2, 3, 6, 7);
#endif
}

#if INDUCT_LANES > 4
/* The fours of a with even numbers, then those of b. */
INDUCT_VERB("evenFours(_:_:)") induct_vector induct_even_fours(induct_vector a, induct_vector b) {
#if INDUCT_LANES == 16
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
#else
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11);
#endif
}

/* Those with odd numbers. */
INDUCT_VERB("oddFours(_:_:)") induct_vector induct_odd_fours(induct_vector a, induct_vector b) {
#if INDUCT_LANES == 16
    return __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
#else
    return __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
#endif
}
#endif

/* The lower half twice. */
INDUCT_VERB("lowerTwice(_:)") induct_vector induct_lower_twice(induct_vector a) {
#if INDUCT_LANES == 16
    return __builtin_shufflevector(a, a, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
#elif INDUCT_LANES == 8
    return __builtin_shufflevector(a, a, 0, 1, 2, 3, 0, 1, 2, 3);
#else
    return __builtin_shufflevector(a, a, 0, 1, 0, 1);
#endif
}

/* The upper half, then the lower half. */
INDUCT_VERB("halvesExchanged(_:)") induct_vector induct_exchange_halves(induct_vector a) {
#if INDUCT_LANES == 16
    return __builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
#elif INDUCT_LANES == 8
    return __builtin_shufflevector(a, a, 4, 5, 6, 7, 0, 1, 2, 3);
#else
    return __builtin_shufflevector(a, a, 2, 3, 0, 1);
#endif
}

#endif
