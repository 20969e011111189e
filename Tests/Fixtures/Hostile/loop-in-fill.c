/* SPDX-License-Identifier: Apache-2.0 */

#define IN_FILL for (volatile int i = 0;;) i = 1

#include "plugin.h"
