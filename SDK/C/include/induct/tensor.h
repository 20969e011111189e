/* SPDX-License-Identifier: Apache-2.0 */

/* Purpose:  tensors, in the memory layout of DLPack's DLTensor.
 * Lifetime: allocated by the host, borrowed for the call.
 * Threads:  a plain value; the call it belongs to says who may touch it.
 * Version:  1.0, draft. The layout is DLPack's and never changes.
 *
 * Version 1 hands every tensor over compact and row-major; `strides` is filled in all the same. Parameters, gradients,
 * workspaces and whole batches are 64-byte aligned; a shard's view is aligned to its element only. */

#ifndef INDUCT_TENSOR_H
#define INDUCT_TENSOR_H

#include <induct/abi.h>

INDUCT_EXTERN_C_BEGIN

#define INDUCT_MAX_RANK 8

/* Type codes of DLPack. */
#define INDUCT_TYPE_INT 0u
#define INDUCT_TYPE_UINT 1u
#define INDUCT_TYPE_FLOAT 2u

typedef struct induct_dtype {
    uint8_t code;   /* INDUCT_TYPE_... */
    uint8_t bits;   /* 8, 16, 32, 64 */
    uint16_t lanes; /* 1 */
} induct_dtype;
INDUCT_ASSERT_SIZE(induct_dtype, 4);

typedef struct induct_device {
    int32_t type; /* 1: CPU */
    int32_t id;
} induct_device;

typedef struct induct_tensor {
    void *data;
    induct_device device;
    int32_t rank;
    induct_dtype dtype;
    int64_t *shape;
    int64_t *strides;     /* in elements */
    uint64_t byte_offset; /* 0 in version 1 */
} induct_tensor;
INDUCT_ASSERT_SIZE(induct_tensor, 48);
INDUCT_ASSERT_OFFSET(induct_tensor, rank, 16);
INDUCT_ASSERT_OFFSET(induct_tensor, dtype, 20);
INDUCT_ASSERT_OFFSET(induct_tensor, shape, 24);
INDUCT_ASSERT_OFFSET(induct_tensor, strides, 32);
INDUCT_ASSERT_OFFSET(induct_tensor, byte_offset, 40);

INDUCT_EXTERN_C_END

#endif
