/* SPDX-License-Identifier: Apache-2.0 */

/* An evaluator in one file: "mean-loss" averages the loss at every predicted position.
 *
 *     cc -std=c11 -O2 -shared -fPIC -ISDK/C/include evaluator.c -o mean-loss.so -lm
 *     INDUCT_PLUGIN_PATH=$PWD induct run ... --evaluate mean-loss
 *
 * Shown here: a need, an accumulator that is filled, merged and finished, and a metric with standard errors. */

#include <induct/induct.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct accumulator {
    double samples;
    int64_t positions; /* 0 before the first batch */
    double *sums;      /* [positions], then the sums of squares [positions] */
} accumulator;

/* What `finish` hands out, freed by `release_metrics`. */
typedef struct result {
    induct_metric metric;
    const induct_metric *metrics[1];
    double numbers[]; /* means [positions], then standard errors [positions] */
} result;

static void destroy(const induct_evaluator *self) { free(self->instance); }

static const induct_need losses = {
    .struct_size = sizeof losses, .stream = INDUCT_STREAM_VIEW, .items = INDUCT_ITEM_LOSSES};

static const induct_need *need(const induct_evaluator *self, uint32_t index) {
    (void)self;
    return index == 0 ? &losses : NULL;
}

static induct_status begin(const induct_evaluator *self, void **state, induct_error *error) {
    (void)self;
    *state = calloc(1, sizeof(accumulator));
    return *state ? INDUCT_OK : induct_fail(error, INDUCT_RESOURCE_EXHAUSTED, "mean-loss: out of memory");
}

static induct_status reserve(accumulator *sums, int64_t positions, induct_error *error) {
    if (sums->positions == positions) return INDUCT_OK;
    if (sums->positions != 0) return induct_fail(error, INDUCT_INTERNAL, "mean-loss: the number of positions changed");
    sums->sums = (double *)calloc(2 * (size_t)positions, sizeof(double));
    if (!sums->sums) return induct_fail(error, INDUCT_RESOURCE_EXHAUSTED, "mean-loss: out of memory");
    sums->positions = positions;
    return INDUCT_OK;
}

static induct_status consume(const induct_evaluator *self, void *state, const induct_evaluation_batch *batch,
                             induct_error *error) {
    (void)self;
    accumulator *sums = (accumulator *)state;
    if (!INDUCT_HAS(batch, induct_evaluation_batch, losses) || !batch->losses || batch->positions < 1)
        return induct_fail(error, INDUCT_INTERNAL, "mean-loss: was given no losses");
    const induct_status status = reserve(sums, batch->positions, error);
    if (status != INDUCT_OK) return status;
    for (uint64_t sample = 0; sample < batch->count; sample++) {
        const float *row = batch->losses + sample * (uint64_t)batch->positions;
        for (int64_t position = 0; position < batch->positions; position++) {
            const double loss = row[position];
            sums->sums[position] += loss;
            sums->sums[sums->positions + position] += loss * loss;
        }
    }
    sums->samples += (double)batch->count;
    return INDUCT_OK;
}

static induct_status merge(const induct_evaluator *self, void *state, const void *other, induct_error *error) {
    (void)self;
    accumulator *sums = (accumulator *)state;
    const accumulator *more = (const accumulator *)other;
    if (more->positions == 0) return INDUCT_OK;
    const induct_status status = reserve(sums, more->positions, error);
    if (status != INDUCT_OK) return status;
    for (int64_t index = 0; index < 2 * sums->positions; index++) sums->sums[index] += more->sums[index];
    sums->samples += more->samples;
    return INDUCT_OK;
}

static void release_metrics(induct_metrics *metrics) { free(metrics->owner); }

/* mean = sum / n; standard error = sqrt((sum of squares - n mean^2) / (n (n - 1))), which needs two samples. */
static induct_status finish(const induct_evaluator *self, const void *state, induct_metrics *metrics,
                            induct_error *error) {
    (void)self;
    const accumulator *sums = (const accumulator *)state;
    const int64_t positions = sums->positions;
    result *given = (result *)calloc(1, sizeof *given + 2 * (size_t)positions * sizeof(double));
    if (!given) return induct_fail(error, INDUCT_RESOURCE_EXHAUSTED, "mean-loss: out of memory");
    double *errors = given->numbers + positions;
    for (int64_t position = 0; position < positions; position++) {
        const double mean = sums->sums[position] / sums->samples;
        const double rest = sums->sums[positions + position] - sums->samples * mean * mean;
        given->numbers[position] = mean;
        errors[position] = sums->samples > 1 ? sqrt(fmax(rest, 0) / (sums->samples * (sums->samples - 1))) : NAN;
    }
    given->metric = (induct_metric){
        .struct_size = sizeof given->metric, .kind = INDUCT_METRIC_CURVE, .name = "mean_loss", .unit = "nats",
        .rows = 1, .columns = (uint64_t)positions, .values = given->numbers, .standard_errors = errors,
        .axis = "position"};
    given->metrics[0] = &given->metric;
    metrics->count = 1;
    metrics->metrics = given->metrics;
    metrics->owner = given;
    metrics->release = release_metrics;
    return INDUCT_OK;
}

static void discard(const induct_evaluator *self, void *state) {
    (void)self;
    free(((accumulator *)state)->sums);
    free(state);
}

static induct_status create(const induct_create *call, const induct_evaluator **evaluator, induct_error *error) {
    (void)call;
    induct_evaluator *made = (induct_evaluator *)calloc(1, sizeof *made);
    if (!made) return induct_fail(error, INDUCT_RESOURCE_EXHAUSTED, "mean-loss: out of memory");
    *made = (induct_evaluator){
        .struct_size = sizeof *made, .instance = made, .destroy = destroy, .need = need, .begin = begin,
        .consume = consume, .merge = merge, .finish = finish, .discard = discard};
    *evaluator = made;
    return INDUCT_OK;
}

static const induct_descriptor descriptor = {
    .struct_size = sizeof descriptor, .concurrency = INDUCT_CONCURRENCY_PARALLEL, .name = "mean-loss",
    .summary = "the mean loss at every predicted position",
    .config_schema = "{\"parameters\": {}, \"examples\": [\"mean-loss\"]}"};
static const induct_descriptor *const descriptors[1] = {&descriptor};
static const induct_evaluator_factory factory = {sizeof factory, 1, descriptors, create};

static const void *get_factory(const char *factory_id) {
    return strcmp(factory_id, INDUCT_EVALUATOR_FACTORY) == 0 ? &factory : NULL;
}

#define PLUGIN_ID "org.example.mean-loss"
#define PLUGIN_VERSION "1.0.0"

static const induct_plugin plugin = {
    .struct_size = sizeof plugin, .abi_major = INDUCT_ABI_MAJOR, .abi_minor = INDUCT_ABI_MINOR,
    .id = PLUGIN_ID, .version = PLUGIN_VERSION, .summary = "an evaluator in one C file",
    .get_factory = get_factory};

/* The same for whoever looks at the file and does not load it. */
INDUCT_NOTE(PLUGIN_ID, PLUGIN_VERSION);

INDUCT_EXPORT const induct_plugin *induct_plugin_entry_v1(const induct_host *host, induct_error *error) {
    (void)host;
    (void)error;
    return &plugin;
}
