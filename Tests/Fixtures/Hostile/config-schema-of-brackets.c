/* SPDX-License-Identifier: Apache-2.0 */

#include <stdlib.h>
#include <string.h>

static char *deep(void) {
    char *text = (char *)calloc(1, 1000001);
    memset(text, 0x5b, 1000000);
    return text;
}

#define CONFIG deep()

#include "plugin.h"
