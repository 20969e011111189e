/* SPDX-License-Identifier: Apache-2.0 */

/* Not hostile at all: what its views are too short for cannot be held against it. */

#include <induct/induct.h>

#define VIEW (index < 2 ? &few[index] : NULL)
static const induct_view few[2] = {{sizeof(induct_view), 0, "train", 3}, {sizeof(induct_view), 0, "test", 3}};

#include "plugin.h"
