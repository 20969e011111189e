/* SPDX-License-Identifier: Apache-2.0 */

#define IN_FILL *(volatile int *)0 = 1

#include "plugin.h"
