/* SPDX-License-Identifier: Apache-2.0 */

/* An evaluator on the training stream: the mean loss of the batches as they pass, and how many samples it saw. */

#include <induct/induct.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct seen {
    double loss;
    double positions;
    double samples;
} seen;

typedef struct result {
    induct_metric metrics[2];
    const induct_metric *list[2];
    double values[2];
} result;

static induct_status fail(induct_error *error, induct_status status, const char *message) {
    if (error) {
        error->status = status;
        snprintf(error->message, sizeof error->message, "%s", message);
    }
    return status;
}

static void destroy(const induct_evaluator *self) { (void)self; }

static const induct_need *need(const induct_evaluator *self, uint32_t index) {
    static const induct_need needs[] = {
        {.struct_size = sizeof(induct_need), .stream = INDUCT_STREAM_TRAINING, .items = INDUCT_ITEM_LOSSES}};
    (void)self;
    return index < 1 ? &needs[index] : NULL;
}

static induct_status begin(const induct_evaluator *self, void **accumulator, induct_error *error) {
    (void)self;
    *accumulator = calloc(1, sizeof(seen));
    return *accumulator ? INDUCT_OK : fail(error, INDUCT_RESOURCE_EXHAUSTED, "no memory for sums");
}

static induct_status consume(const induct_evaluator *self, void *accumulator, const induct_evaluation_batch *batch,
                             induct_error *error) {
    seen *mine = accumulator;
    const uint64_t rows = batch->count * (uint64_t)batch->positions;
    (void)self;
    if (!batch->losses) return fail(error, INDUCT_INVALID_ARGUMENT, "the losses that it needs are not there");
    for (uint64_t r = 0; r < rows; r++) mine->loss += batch->losses[r];
    mine->positions += (double)rows;
    mine->samples += (double)batch->count;
    return INDUCT_OK;
}

static induct_status merge(const induct_evaluator *self, void *accumulator, const void *other, induct_error *error) {
    seen *mine = accumulator;
    const seen *theirs = other;
    (void)self;
    (void)error;
    mine->loss += theirs->loss;
    mine->positions += theirs->positions;
    mine->samples += theirs->samples;
    return INDUCT_OK;
}

static void release(induct_metrics *metrics) { free(metrics->owner); }

static induct_status finish(const induct_evaluator *self, const void *accumulator, induct_metrics *metrics,
                            induct_error *error) {
    const seen *mine = accumulator;
    result *given = calloc(1, sizeof *given);
    (void)self;
    if (!given) return fail(error, INDUCT_RESOURCE_EXHAUSTED, "no memory for metrics");
    given->values[0] = mine->positions > 0 ? mine->loss / mine->positions : NAN;
    given->values[1] = mine->samples;
    for (int i = 0; i < 2; i++) {
        given->metrics[i] = (induct_metric){
            .struct_size = sizeof(induct_metric), .kind = INDUCT_METRIC_SCALAR, .name = i ? "samples_seen" : "stream_loss",
            .unit = i ? NULL : "nats", .rows = 1, .columns = 1, .values = &given->values[i]};
        given->list[i] = &given->metrics[i];
    }
    metrics->count = 2;
    metrics->metrics = given->list;
    metrics->owner = given;
    metrics->release = release;
    return INDUCT_OK;
}

static void discard(const induct_evaluator *self, void *accumulator) {
    (void)self;
    free(accumulator);
}

static const induct_evaluator evaluator = {
    .struct_size = sizeof evaluator, .destroy = destroy, .need = need, .begin = begin, .consume = consume, .merge = merge,
    .finish = finish, .discard = discard};

static induct_status create(const induct_create *call, const induct_evaluator **given, induct_error *error) {
    (void)call;
    (void)error;
    *given = &evaluator;
    return INDUCT_OK;
}

static const induct_descriptor descriptor = {
    .struct_size = sizeof descriptor, .name = "stream-loss", .summary = "mean loss of the training batches as they pass"};
static const induct_descriptor *const descriptors[] = {&descriptor};
static const induct_evaluator_factory factory = {
    .struct_size = sizeof factory, .descriptor_count = 1, .descriptors = descriptors, .create = create};

static const void *get_factory(const char *id) { return strcmp(id, INDUCT_EVALUATOR_FACTORY) == 0 ? &factory : NULL; }

static const induct_plugin plugin = {
    .struct_size = sizeof plugin, .abi_major = INDUCT_ABI_MAJOR, .abi_minor = INDUCT_ABI_MINOR,
    .id = "org.example.stream", .version = "1.0.0", .summary = "looks at training", .get_factory = get_factory};

const induct_plugin *induct_plugin_entry_v1(const induct_host *host, induct_error *error) {
    (void)host;
    (void)error;
    return &plugin;
}
