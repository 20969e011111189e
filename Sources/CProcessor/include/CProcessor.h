/* SPDX-License-Identifier: Apache-2.0 */

#ifndef CPROCESSOR_H
#define CPROCESSOR_H

#include <stddef.h>

/* The x86-64 level (1 to 4) that CPUID offers and the operating system saves (XCR0); 0 on other processors. */
int processor_x86_64_level(void);

/* The processor's name, NUL-terminated, at most `size` bytes; empty when unknown. */
void processor_name(char *name, size_t size);

#endif
