/* SPDX-License-Identifier: Apache-2.0 */

#define _GNU_SOURCE

#include <fcntl.h>
#include <stdatomic.h>
#include <unistd.h>

#include "CHostThread.h"

static _Atomic int directory = -1;

void host_directory_keep(void) {
    if (directory >= 0) return;
    const int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int none = -1;
    if (here >= 0 && !atomic_compare_exchange_strong(&directory, &none, here)) close(here);
}

/* Where the directory is no more, there is nowhere to go back to. */
void host_directory_restore(void) {
    if (directory >= 0 && fchdir(directory) != 0) return;
}
