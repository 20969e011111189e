/* SPDX-License-Identifier: Apache-2.0 */

/* Purpose:  what a source delivers and what is learned from it, one description for all kinds of plugin.
 * Lifetime: owned by the source until its `destroy`; a schema given to `create` is borrowed for that call.
 * Threads:  constant.
 * Version:  1.0, draft.
 *
 * Reserved tensor names: "tokens" int32 [batch, length]; "inputs" float32 [batch, items, ...];
 * "labels" int32 [batch, items - 1]; "targets" [batch, positions] or [batch, positions, outputs].
 *
 * Next-token sources fill "tokens" and need no "targets". For a model of L positions the host asks for L + 1 tokens;
 * the model sees the first L, its target at position i is token i + 1. Tensors of role weight, key and info with a
 * `length` dimension belong to tokens, and are shifted in the same way: the target at position i takes entry i + 1. */

#ifndef INDUCT_SCHEMA_H
#define INDUCT_SCHEMA_H

#include <induct/tensor.h>

INDUCT_EXTERN_C_BEGIN

/* Symbols in shapes. Any other dimension is a constant >= 0. */
#define INDUCT_DIMENSION_BATCH ((int64_t)-1)
#define INDUCT_DIMENSION_LENGTH ((int64_t)-2)

#define INDUCT_ROLE_INPUT 0u  /* the model sees it */
#define INDUCT_ROLE_TARGET 1u /* class ids (int32), or floats for regression */
#define INDUCT_ROLE_WEIGHT 2u /* float32, by predicted position; 0 = no loss there */
#define INDUCT_ROLE_KEY 3u    /* int32, for online rules */
#define INDUCT_ROLE_INFO 4u   /* group, relevance, component: for evaluators, never shown to architectures */

#define INDUCT_TASK_NEXT_TOKEN 0u
#define INDUCT_TASK_CLASSIFICATION 1u
#define INDUCT_TASK_REGRESSION 2u

#define INDUCT_LOSS_DEFAULT 0u /* cross-entropy, or for regression the squared error */
#define INDUCT_LOSS_CROSS_ENTROPY 1u
#define INDUCT_LOSS_SQUARED_ERROR 2u /* mean over outputs of (prediction - target)^2 */

typedef struct induct_tensor_schema {
    uint32_t struct_size;
    uint32_t role;  /* INDUCT_ROLE_... */
    const char *name; /* snake_case, unique in the schema */
    induct_dtype dtype; /* int32 or float32 */
    int32_t rank;
    const int64_t *shape;  /* constants and INDUCT_DIMENSION_... ; the first is the batch */
    int64_t limit;         /* int32 tensors: values lie in [0, limit); 0 = not stated */
} induct_tensor_schema;
INDUCT_ASSERT_SIZE(induct_tensor_schema, 40);

struct induct_schema {
    uint32_t struct_size;
    uint32_t task; /* INDUCT_TASK_... */
    uint32_t loss; /* INDUCT_LOSS_... */
    uint32_t tensor_count;
    const induct_tensor_schema *const *tensors;
    int64_t classes;   /* number of classes; the vocabulary of a next-token source; 0 for regression */
    int64_t outputs;   /* regression: floats per position, else 0 */
    int64_t positions; /* predicted positions P: INDUCT_DIMENSION_LENGTH or a constant */
    int64_t maximum_length; /* 0 = no limit */
    uint32_t begin_tokens;  /* leading tokens that are the same in every sequence (a begin-of-sequence token), 0 or 1 */
    uint32_t reserved;
};
INDUCT_ASSERT_SIZE(struct induct_schema, 64);

INDUCT_EXTERN_C_END

#endif
