/* SPDX-License-Identifier: Apache-2.0 */

#include <sys/mman.h>

#include <string.h>

/* A page of letters before one that nobody may read. */
static char *cut_off(void) {
    char *pages = (char *)mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(pages, 0x61, 4096);
    mprotect(pages + 4096, 4096, PROT_NONE);
    return pages + 4000;
}

#define ID cut_off()

#include "plugin.h"
