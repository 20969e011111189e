/* SPDX-License-Identifier: Apache-2.0 */

#define INSTEAD_OF_FILL                                                              \
    for (uint64_t i = 0; i < call->count * (uint64_t)call->length; i++) row[i] = 1 << 20

#include "plugin.h"
