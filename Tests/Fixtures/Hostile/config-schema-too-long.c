/* SPDX-License-Identifier: Apache-2.0 */

#include <stdlib.h>
#include <string.h>

static char *long_text(void) {
    char *text = (char *)calloc(1, 10000001);
    memset(text, 0x20, 10000000);
    return text;
}

#define CONFIG long_text()

#include "plugin.h"
