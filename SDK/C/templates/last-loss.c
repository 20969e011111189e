/* SPDX-License-Identifier: Apache-2.0 */

#include <induct/induct.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The mean loss of the last predicted position, with its standard error. */
typedef struct sums {
    double count, loss, square;
} sums;

static const induct_need need_losses = {
    .struct_size = sizeof need_losses, .stream = INDUCT_STREAM_VIEW, .items = INDUCT_ITEM_LOSSES};

static void destroy(const induct_evaluator *self) { free((void *)self); }

static const induct_need *need(const induct_evaluator *self, uint32_t index) {
    (void)self;
    return index == 0 ? &need_losses : NULL;
}

static induct_status begin(const induct_evaluator *self, void **accumulator, induct_error *error) {
    (void)self, (void)error;
    *accumulator = calloc(1, sizeof(sums));
    return *accumulator ? INDUCT_OK : INDUCT_RESOURCE_EXHAUSTED;
}

static induct_status consume(const induct_evaluator *self, void *accumulator, const induct_evaluation_batch *batch,
                             induct_error *error) {
    sums *seen = (sums *)accumulator;
    (void)self, (void)error;
    for (uint64_t row = 0; row < batch->count; row++) {
        const double loss = batch->losses[(row + 1) * (uint64_t)batch->positions - 1];
        seen->count += 1;
        seen->loss += loss;
        seen->square += loss * loss;
    }
    return INDUCT_OK;
}

static induct_status merge(const induct_evaluator *self, void *accumulator, const void *other, induct_error *error) {
    sums *seen = (sums *)accumulator;
    const sums *more = (const sums *)other;
    (void)self, (void)error;
    seen->count += more->count;
    seen->loss += more->loss;
    seen->square += more->square;
    return INDUCT_OK;
}

/* What `finish` hands out; `release` takes it back. */
typedef struct answer {
    double value, error;
    induct_metric metric;
    const induct_metric *list[1];
} answer;

static void release(induct_metrics *metrics) { free(metrics->owner); }

static induct_status finish(const induct_evaluator *self, const void *accumulator, induct_metrics *metrics,
                            induct_error *error) {
    const sums *seen = (const sums *)accumulator;
    answer *result = (answer *)calloc(1, sizeof *result);
    (void)self, (void)error;
    if (!result) return INDUCT_RESOURCE_EXHAUSTED;
    result->value = seen->loss / seen->count;
    result->error = sqrt((seen->square / seen->count - result->value * result->value) / (seen->count - 1));
    result->metric = (induct_metric){
        .struct_size = sizeof result->metric, .kind = INDUCT_METRIC_SCALAR, .name = "last_loss", .unit = "nats",
        .rows = 1, .columns = 1, .values = &result->value, .standard_errors = &result->error};
    result->list[0] = &result->metric;
    metrics->count = 1;
    metrics->metrics = result->list;
    metrics->owner = result;
    metrics->release = release;
    return INDUCT_OK;
}

static void discard(const induct_evaluator *self, void *accumulator) {
    (void)self;
    free(accumulator);
}

static induct_status create(const induct_create *call, const induct_evaluator **evaluator, induct_error *error) {
    induct_evaluator *self = (induct_evaluator *)calloc(1, sizeof *self);
    (void)call, (void)error;
    if (!self) return INDUCT_RESOURCE_EXHAUSTED;
    *self = (induct_evaluator){
        .struct_size = sizeof *self, .destroy = destroy, .need = need, .begin = begin, .consume = consume,
        .merge = merge, .finish = finish, .discard = discard};
    *evaluator = self;
    return INDUCT_OK;
}

static const induct_descriptor descriptor = {
    .struct_size = sizeof descriptor, .name = "last-loss", .summary = "mean loss at the last position"};
static const induct_descriptor *const descriptors[] = {&descriptor};
static const induct_evaluator_factory factory = {
    .struct_size = sizeof factory, .descriptor_count = 1, .descriptors = descriptors, .create = create};

static const void *get_factory(const char *id) { return strcmp(id, INDUCT_EVALUATOR_FACTORY) == 0 ? &factory : NULL; }

static const induct_plugin plugin = {
    .struct_size = sizeof plugin, .abi_major = INDUCT_ABI_MAJOR, .abi_minor = INDUCT_ABI_MINOR,
    .id = "org.example.last-loss", .version = "1.0.0", .summary = "a first evaluator", .get_factory = get_factory};

const induct_plugin *induct_plugin_entry_v1(const induct_host *host, induct_error *error) {
    (void)host, (void)error;
    return &plugin;
}
