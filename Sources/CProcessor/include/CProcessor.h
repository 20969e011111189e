/* SPDX-License-Identifier: Apache-2.0 */

#ifndef CPROCESSOR_H
#define CPROCESSOR_H

#include <stddef.h>

/* The x86-64 level (1 to 4) that CPUID offers and the operating system saves (XCR0); 0 on other processors. */
int processor_x86_64_level(void);

/* The processor's name, NUL-terminated, at most `size` bytes; empty when unknown. */
void processor_name(char *name, size_t size);

/* Tells the processor that the calling thread spins on a value another thread will change. */
static inline void processor_relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#endif
