/* SPDX-License-Identifier: Apache-2.0 */

/* A coin whose tables are flawed in the way that a macro of plugin.h says. */

#include <induct/induct.h>

#include <pthread.h>
#include <unistd.h>

static void *take_scratch(void *host) {
    const induct_host *services = (const induct_host *)host;
    services->scratch(services, 64);
    return NULL;
}

/* A service that belongs to the current call's thread, used by another. */
static void use_elsewhere(const induct_host *host) {
    pthread_t thread;
    if (host && host->scratch && pthread_create(&thread, NULL, take_scratch, (void *)host) == 0)
        pthread_join(thread, NULL);
}

#include "plugin.h"

void *unused_otherwise = (void *)use_elsewhere;
