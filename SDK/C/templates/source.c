/* SPDX-License-Identifier: Apache-2.0 */

/* A data source in one file: "noisy-cycle" counts 0, 1, ..., V - 1, 0, 1, ... and now and then jumps to a random token.
 *
 *     cc -std=c11 -O2 -shared -fPIC -ISDK/C/include source.c -o noisy-cycle.so
 *     INDUCT_PLUGIN_PATH=$PWD induct theory 'noisy-cycle(vocabulary=4, noise=0.1)' --length 8
 *
 * Shown here: a configuration, the schema, samples that are a pure function of (seed, view, number), and the transition
 * tensor from which the host derives theory and mixtures. */

#include <induct/induct.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct noisy_cycle {
    induct_source source; /* first, so that the host's pointer is ours */
    induct_schema schema;
    induct_tensor_schema tokens;
    const induct_tensor_schema *tensors[1];
    induct_source_hmm hmm;
    uint32_t vocabulary;
    double noise;
    double *numbers; /* transition [tokens, states, states], then start [states] */
} noisy_cycle;

static const int64_t tokens_shape[2] = {INDUCT_DIMENSION_BATCH, INDUCT_DIMENSION_LENGTH};
static const induct_view views[2] = {
    {sizeof(induct_view), 0, "train", 0},
    {sizeof(induct_view), 0, "test", 0},
};

/* The number behind "key": in a JSON object that the host has checked and completed. */
static double number(const char *config, const char *key) {
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\"", key);
    const char *found = strstr(config, quoted);
    if (!found) return 0;
    found = strchr(found + strlen(quoted), ':');
    return found ? strtod(found + 1, NULL) : 0;
}

static void destroy(const induct_source *self) {
    noisy_cycle *cycle = (noisy_cycle *)self->instance;
    free(cycle->numbers);
    free(cycle);
}

static const induct_schema *schema(const induct_source *self) { return &((const noisy_cycle *)self->instance)->schema; }

static const induct_view *view(const induct_source *self, uint32_t index) {
    (void)self;
    return index < 2 ? &views[index] : NULL;
}

/* Word 0 of a sample's stream is its first token; words 2 t - 1 and 2 t decide whether token t jumps, and where to. */
static induct_status fill(const induct_source *self, const induct_source_fill *call, induct_error *error) {
    const noisy_cycle *cycle = (const noisy_cycle *)self->instance;
    if (call->view > 1)
        return induct_fail(error, INDUCT_OUT_OF_RANGE, "noisy-cycle has the views 0 (train) and 1 (test)");
    if (!INDUCT_HAS(call, induct_source_fill, tensors))
        return induct_fail(error, INDUCT_INVALID_ARGUMENT, "noisy-cycle: the host gives no tensors to fill");
    if (!call->tensors[0]) return INDUCT_OK;
    const uint32_t purpose = INDUCT_PURPOSE(call->view, INDUCT_DRAW_SEQUENCE);
    const uint32_t jump = induct_threshold(cycle->noise);
    int32_t *row = (int32_t *)call->tensors[0]->data;
    for (uint64_t sample = 0; sample < call->count; sample++, row += call->length) {
        const uint64_t index = call->first + sample;
        uint32_t token = induct_random_below(induct_random_word(call->seed, purpose, index, 0), cycle->vocabulary);
        for (int64_t position = 0; position < call->length; position++) {
            if (position > 0) {
                const uint64_t word = 2 * (uint64_t)position;
                const uint32_t decision = induct_random_word(call->seed, purpose, index, word - 1);
                const uint32_t target = induct_random_word(call->seed, purpose, index, word);
                token = decision < jump ? induct_random_below(target, cycle->vocabulary)
                                        : (token + 1) % cycle->vocabulary;
            }
            row[position] = (int32_t)token;
        }
    }
    return INDUCT_OK;
}

static const void *get_extension(const induct_source *self, const char *extension_id) {
    const noisy_cycle *cycle = (const noisy_cycle *)self->instance;
    return strcmp(extension_id, INDUCT_SOURCE_HMM) == 0 ? &cycle->hmm : NULL;
}

/* The state is the token before: transition[x][i][x] = (1 - noise) [x follows i] + noise / V; the start is uniform. */
static void write_hmm(noisy_cycle *cycle) {
    const uint32_t size = cycle->vocabulary;
    double *start = cycle->numbers + (size_t)size * size * size;
    for (uint32_t from = 0; from < size; from++) {
        for (uint32_t token = 0; token < size; token++) {
            cycle->numbers[((size_t)token * size + from) * size + token] =
                cycle->noise / size + (token == (from + 1) % size ? 1 - cycle->noise : 0);
        }
        start[from] = 1.0 / size;
    }
    cycle->hmm = (induct_source_hmm){
        .struct_size = sizeof cycle->hmm, .states = size, .tokens = size, .transition = cycle->numbers, .start = start};
}

static induct_status create(const induct_create *call, const induct_source **source, induct_error *error) {
    if (!INDUCT_HAS(call, induct_create, config))
        return induct_fail(error, INDUCT_INVALID_ARGUMENT, "noisy-cycle: the host gives no configuration");
    const double wanted = number(call->config, "vocabulary");
    const double noise = number(call->config, "noise");
    if (!(wanted >= 2 && wanted <= 256))
        return induct_fail(error, INDUCT_INVALID_ARGUMENT, "noisy-cycle: vocabulary must lie in [2, 256]");
    if (!(noise >= 0 && noise <= 1))
        return induct_fail(error, INDUCT_INVALID_ARGUMENT, "noisy-cycle: noise must lie in [0, 1]");
    const uint32_t vocabulary = (uint32_t)wanted;
    noisy_cycle *cycle = (noisy_cycle *)calloc(1, sizeof *cycle);
    if (cycle) cycle->numbers = (double *)calloc(((size_t)vocabulary * vocabulary + 1) * vocabulary, sizeof(double));
    if (!cycle || !cycle->numbers) {
        free(cycle);
        return induct_fail(error, INDUCT_RESOURCE_EXHAUSTED, "noisy-cycle: out of memory");
    }
    cycle->vocabulary = vocabulary;
    cycle->noise = noise;
    cycle->tokens = (induct_tensor_schema){
        .struct_size = sizeof cycle->tokens, .role = INDUCT_ROLE_INPUT, .name = "tokens",
        .dtype = {INDUCT_TYPE_INT, 32, 1}, .rank = 2, .shape = tokens_shape, .limit = vocabulary};
    cycle->tensors[0] = &cycle->tokens;
    cycle->schema = (induct_schema){
        .struct_size = sizeof cycle->schema, .task = INDUCT_TASK_NEXT_TOKEN, .tensor_count = 1,
        .tensors = cycle->tensors, .classes = vocabulary, .positions = INDUCT_DIMENSION_LENGTH};
    write_hmm(cycle);
    cycle->source = (induct_source){
        .struct_size = sizeof cycle->source, .instance = cycle, .destroy = destroy, .schema = schema, .view = view,
        .fill = fill, .get_extension = get_extension};
    *source = &cycle->source;
    return INDUCT_OK;
}

static const induct_descriptor descriptor = {
    .struct_size = sizeof descriptor, .concurrency = INDUCT_CONCURRENCY_PARALLEL, .name = "noisy-cycle",
    .summary = "counts in a cycle and now and then jumps to a random token",
    .config_schema =
        "{\"parameters\": {"
        "\"vocabulary\": {\"type\": \"integer\", \"minimum\": 2, \"maximum\": 256, \"default\": 4,"
        " \"summary\": \"number of tokens\"},"
        "\"noise\": {\"type\": \"number\", \"minimum\": 0, \"maximum\": 1, \"default\": 0.1,"
        " \"summary\": \"P(jump)\"}},"
        "\"examples\": [\"noisy-cycle(vocabulary=4, noise=0.1)\"]}"};
static const induct_descriptor *const descriptors[1] = {&descriptor};
static const induct_source_factory factory = {sizeof factory, 1, descriptors, create};

static const void *get_factory(const char *factory_id) {
    return strcmp(factory_id, INDUCT_SOURCE_FACTORY) == 0 ? &factory : NULL;
}

#define PLUGIN_ID "org.example.noisy-cycle"
#define PLUGIN_VERSION "1.0.0"

static const induct_plugin plugin = {
    .struct_size = sizeof plugin, .abi_major = INDUCT_ABI_MAJOR, .abi_minor = INDUCT_ABI_MINOR,
    .id = PLUGIN_ID, .version = PLUGIN_VERSION, .summary = "a source in one C file",
    .get_factory = get_factory};

/* The same for whoever looks at the file and does not load it. */
INDUCT_NOTE(PLUGIN_ID, PLUGIN_VERSION);

INDUCT_EXPORT const induct_plugin *induct_plugin_entry_v1(const induct_host *host, induct_error *error) {
    (void)host;
    (void)error;
    return &plugin;
}
