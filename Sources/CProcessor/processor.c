/* SPDX-License-Identifier: Apache-2.0 */

#include "CProcessor.h"

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)

#include <cpuid.h>

static uint64_t enabled_states(void) {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return ((uint64_t)high << 32) | low;
}

static int all(uint32_t value, uint32_t bits) { return (value & bits) == bits; }

/* Source: x86-64 psABI, table of micro-architecture levels. */
int processor_x86_64_level(void) {
    uint32_t a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return 1;
    const uint32_t c1 = c;
    uint32_t extended = 0;
    if (__get_cpuid(0x80000001u, &a, &b, &c, &d)) extended = c;
    const uint32_t v2 = bit_SSE3 | bit_SSSE3 | bit_SSE4_1 | bit_SSE4_2 | bit_POPCNT | bit_CMPXCHG16B;
    if (!all(c1, v2) || !all(extended, bit_LAHF_LM)) return 1;
    if (!all(c1, bit_OSXSAVE | bit_AVX | bit_FMA | bit_F16C | bit_MOVBE)) return 2;
    const uint64_t states = enabled_states();
    if ((states & 0x6) != 0x6) return 2;
    if (!all(extended, bit_LZCNT)) return 2;
    uint32_t b7 = 0;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) b7 = b;
    if (!all(b7, bit_AVX2 | bit_BMI | bit_BMI2)) return 2;
    if (!all(b7, bit_AVX512F | bit_AVX512BW | bit_AVX512CD | bit_AVX512DQ | bit_AVX512VL)) return 3;
    return (states & 0xe6) == 0xe6 ? 4 : 3;
}

void processor_name(char *name, size_t size) {
    uint32_t words[12];
    char text[sizeof words + 1];
    if (size == 0) return;
    name[0] = 0;
    for (uint32_t leaf = 0; leaf < 3; leaf++) {
        uint32_t *w = words + 4 * leaf;
        if (!__get_cpuid(0x80000002u + leaf, &w[0], &w[1], &w[2], &w[3])) return;
    }
    memcpy(text, words, sizeof words);
    text[sizeof words] = 0;
    strncpy(name, text, size - 1);
    name[size - 1] = 0;
}

#else

int processor_x86_64_level(void) { return 0; }

void processor_name(char *name, size_t size) {
    if (size > 0) name[0] = 0;
}

#endif
