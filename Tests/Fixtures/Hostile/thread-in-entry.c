/* SPDX-License-Identifier: Apache-2.0 */

#include <pthread.h>
#include <unistd.h>

static void *wait_for_ever(void *nothing) {
    for (;;) pause();
    return nothing;
}

#define IN_ENTRY                                               \
    do {                                                       \
        pthread_t thread;                                      \
        pthread_create(&thread, NULL, wait_for_ever, NULL);    \
    } while (0)

#include "plugin.h"
