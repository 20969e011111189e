/* SPDX-License-Identifier: Apache-2.0 */

#include <induct/induct.h>

#define SCHEMA terabytes()
static const induct_schema *terabytes(void);

#include "plugin.h"

/* Tokens, and beside them as much as any schema may have, for every triple of positions. */
static const induct_schema *terabytes(void) {
    static const int64_t sizes[] = {INDUCT_DIMENSION_BATCH, INDUCT_DIMENSION_LENGTH, INDUCT_DIMENSION_LENGTH,
                                    INDUCT_DIMENSION_LENGTH, 1 << 28};
    static induct_tensor_schema beside;
    static const induct_tensor_schema *both[] = {&tensor, &beside};
    beside = tensor;
    beside.role = INDUCT_ROLE_INFO;
    beside.name = "beside";
    beside.rank = 5;
    beside.shape = sizes;
    table_schema.tensor_count = 2;
    table_schema.tensors = both;
    return &table_schema;
}
