/* SPDX-License-Identifier: Apache-2.0 */

/* A coin whose tables are flawed in the way that a macro of plugin.h says. */

#include <induct/induct.h>

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <string.h>
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

/* An oracle and closed forms of a fair coin, which take the logarithm of 0. */
static induct_status look_back(const induct_source *self, const induct_source_oracle_call *call, induct_error *error) {
    (void)self, (void)error;
    for (uint64_t row = 0; row < call->count * (uint64_t)(call->length + 1); row++) {
        if (call->predictive) call->predictive[2 * row] = call->predictive[2 * row + 1] = 0.5;
        if (call->log_probability) call->log_probability[row] = 0;
    }
    errno = EDOM;
    return INDUCT_OK;
}

static induct_status state_entropies(const induct_source *self, int64_t length, double *entropy,
                                     induct_source_theory_summary *summary, induct_error *error) {
    (void)self, (void)summary, (void)error;
    for (int64_t i = 0; i < length; i++) entropy[i] = log(2);
    errno = ERANGE;
    return INDUCT_OK;
}

static const induct_source_oracle oracle = {.struct_size = sizeof oracle, .evaluate = look_back};
static const induct_source_theory closed_forms = {.struct_size = sizeof closed_forms, .entropy = state_entropies};

static const void *errno_setter(const char *id) {
    if (strcmp(id, INDUCT_SOURCE_ORACLE) == 0) return &oracle;
    return strcmp(id, INDUCT_SOURCE_THEORY) == 0 ? &closed_forms : NULL;
}

#include "plugin.h"

void *unused_otherwise[] = {(void *)use_elsewhere, (void *)errno_setter};
