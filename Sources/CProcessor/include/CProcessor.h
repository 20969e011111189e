/* SPDX-License-Identifier: Apache-2.0 */

#ifndef CPROCESSOR_H
#define CPROCESSOR_H

#include <stddef.h>
#include <stdint.h>

/* The x86-64 level (1 to 4) that CPUID offers and the operating system saves (XCR0); 0 on other processors. */
int processor_x86_64_level(void);

/* The processor's name, NUL-terminated, at most `size` bytes; empty when unknown. */
void processor_name(char *name, size_t size);

/* Runs `rounds` rounds of independent float32 multiply-adds in registers, with the vectors of an x86-64 level (4: 16 lanes,
 * 3: 8 lanes, else 4 lanes, without fused instructions on x86-64), and returns the floating-point operations done. The
 * processor must have that level. */
double processor_multiply_adds(int level, uint64_t rounds);

/* Tells the processor that the calling thread spins on a value another thread will change. */
static inline void processor_relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* Has the cache lines of `size` bytes fetched while the thread goes on; does not read them. */
static inline void processor_prefetch(const void *from, size_t size) {
    for (size_t offset = 0; offset < size; offset += 64) __builtin_prefetch((const char *)from + offset);
}

#endif
