/* SPDX-License-Identifier: Apache-2.0 */

#include <stdlib.h>

#define IN_ENTRY setenv("LD_PRELOAD", "everything.so", 1)

#include "plugin.h"
