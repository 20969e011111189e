/* SPDX-License-Identifier: Apache-2.0 */

#define INSTEAD_OF_FILL memset(row, 0, call->count * (uint64_t)call->length * 2)

#include "plugin.h"
