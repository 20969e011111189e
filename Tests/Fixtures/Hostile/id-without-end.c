/* SPDX-License-Identifier: Apache-2.0 */

#include <stdlib.h>
#include <string.h>

static char *endless(void) {
    char *text = (char *)malloc(1 << 20);
    memset(text, 0x61, 1 << 20);
    return text;
}

#define ID endless()

#include "plugin.h"
