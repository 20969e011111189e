/* SPDX-License-Identifier: Apache-2.0 */

static int deeper(volatile char *above) {
    volatile char here[4096];
    here[0] = above[0];
    return deeper(here) + here[0];
}

#define IN_ENTRY deeper("x")

#include "plugin.h"
