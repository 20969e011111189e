/* SPDX-License-Identifier: Apache-2.0 */

/* A stand-in for the host's kernel library, for tests that open plugins but compute nothing with kernels. Every slot is
 * there and does nothing, except `add`. KERNELS_SIZE and KERNELS_HOLE make it a damaged one. */

#include <induct/kernels.h>

#include <string.h>

static void nothing(void) {}

static void add(int64_t count, const float *x, float *y) {
    for (int64_t i = 0; i < count; i++) y[i] += x[i];
}

#ifndef KERNELS_SIZE
#define KERNELS_SIZE sizeof(induct_kernels)
#endif

static induct_kernels table;

const induct_kernels *induct_kernels_v1(const char *variant) {
    void (**slot)(void) = (void (**)(void))&table.gemm;
    void (**end)(void) = (void (**)(void))(&table + 1);
    if (strcmp(variant, "reference") != 0) return NULL;
    while (slot < end) *slot++ = nothing;
    table.struct_size = (uint32_t)KERNELS_SIZE;
    table.variant = "reference";
    table.scratch_size = 64;
    table.add = add;
#ifdef KERNELS_HOLE
    table.adam = NULL;
#endif
    return &table;
}
