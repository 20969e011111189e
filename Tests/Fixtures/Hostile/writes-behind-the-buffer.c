/* SPDX-License-Identifier: Apache-2.0 */

#define IN_FILL row[call->count * (uint64_t)call->length] = 7

#include "plugin.h"
