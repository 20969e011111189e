/* SPDX-License-Identifier: Apache-2.0 */

#include <induct/induct.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A coin that shows the same side again with probability `stay`. */
typedef struct sticky_coin {
    induct_source source; /* what the host sees; `instance` points back here */
    induct_source_hmm hmm;
    double transition[2 * 2 * 2];
    double start[2];
    uint32_t stay;
} sticky_coin;

static const int64_t shape[] = {INDUCT_DIMENSION_BATCH, INDUCT_DIMENSION_LENGTH};
static const induct_tensor_schema tokens = {
    .struct_size = sizeof tokens, .role = INDUCT_ROLE_INPUT, .name = "tokens",
    .dtype = {INDUCT_TYPE_INT, 32, 1}, .rank = 2, .shape = shape, .limit = 2};
static const induct_tensor_schema *const tensors[] = {&tokens};
static const induct_schema schema = {
    .struct_size = sizeof schema, .task = INDUCT_TASK_NEXT_TOKEN, .tensor_count = 1, .tensors = tensors,
    .classes = 2, .positions = INDUCT_DIMENSION_LENGTH};
static const induct_view views[] = {
    {.struct_size = sizeof views[0], .name = "train"}, {.struct_size = sizeof views[0], .name = "test"}};

static const induct_schema *get_schema(const induct_source *self) { (void)self; return &schema; }
static const induct_view *get_view(const induct_source *self, uint32_t i) {
    (void)self;
    return i < 2 ? &views[i] : NULL;
}
static void destroy(const induct_source *self) { free(self->instance); }

/* Sample i depends on (stay, seed, view, i) and on nothing else. */
static induct_status fill(const induct_source *self, const induct_source_fill *call, induct_error *error) {
    const sticky_coin *coin = (const sticky_coin *)self->instance;
    (void)error;
    if (!call->tensors[0]) return INDUCT_OK;
    int32_t *out = (int32_t *)call->tensors[0]->data;
    for (uint64_t row = 0; row < call->count; row++) {
        int32_t side = 0;
        for (int64_t t = 0; t < call->length; t++) {
            const uint32_t word = induct_random_word(
                call->seed, INDUCT_PURPOSE(call->view, 0), call->first + row, (uint64_t)t);
            side = t == 0 ? (int32_t)(word >> 31) : word < coin->stay ? side : 1 - side;
            out[row * (uint64_t)call->length + (uint64_t)t] = side;
        }
    }
    return INDUCT_OK;
}

/* Because it is a hidden Markov model, the host knows its exact theory and its Bayes-optimal predictor. */
static const void *get_extension(const induct_source *self, const char *id) {
    return strcmp(id, INDUCT_SOURCE_HMM) == 0 ? &((const sticky_coin *)self->instance)->hmm : NULL;
}

static induct_status create(const induct_create *call, const induct_source **source, induct_error *error) {
    double stay = 0;
    /* The host has checked the configuration: {"stay": <number in [0, 1]>}. */
    const char *value = strstr(call->config, "\"stay\":");
    sticky_coin *coin = (sticky_coin *)calloc(1, sizeof *coin);
    if (!value || sscanf(value + 7, "%lf", &stay) != 1 || !coin) {
        free(coin);
        if (error) snprintf(error->message, sizeof error->message, "sticky-coin: no \"stay\" in the configuration");
        return INDUCT_INVALID_ARGUMENT;
    }
    const double transition[2][2][2] = {{{stay, 0}, {1 - stay, 0}}, {{0, 1 - stay}, {0, stay}}};
    memcpy(coin->transition, transition, sizeof transition);
    coin->start[0] = coin->start[1] = 0.5;
    coin->stay = induct_threshold(stay);
    coin->hmm = (induct_source_hmm){
        .struct_size = sizeof coin->hmm, .states = 2, .tokens = 2, .transition = coin->transition,
        .start = coin->start};
    coin->source = (induct_source){
        .struct_size = sizeof coin->source, .instance = coin, .destroy = destroy, .schema = get_schema,
        .view = get_view, .fill = fill, .get_extension = get_extension};
    *source = &coin->source;
    return INDUCT_OK;
}

static const induct_descriptor descriptor = {
    .struct_size = sizeof descriptor, .name = "sticky-coin", .summary = "a coin that tends to repeat itself",
    .config_schema = "{\"parameters\": {\"stay\": {\"type\": \"number\", \"minimum\": 0, \"maximum\": 1,"
                     " \"default\": 0.8, \"summary\": \"P(same side again)\"}},"
                     " \"examples\": [\"sticky-coin(stay=0.9)\"]}"};
static const induct_descriptor *const descriptors[] = {&descriptor};
static const induct_source_factory factory = {
    .struct_size = sizeof factory, .descriptor_count = 1, .descriptors = descriptors, .create = create};

static const void *get_factory(const char *id) { return strcmp(id, INDUCT_SOURCE_FACTORY) == 0 ? &factory : NULL; }

static const induct_plugin plugin = {
    .struct_size = sizeof plugin, .abi_major = INDUCT_ABI_MAJOR, .abi_minor = INDUCT_ABI_MINOR,
    .id = "org.example.sticky-coin", .version = "1.0.0", .summary = "a first source", .get_factory = get_factory};

const induct_plugin *induct_plugin_entry_v1(const induct_host *host, induct_error *error) {
    (void)host;
    (void)error;
    return &plugin;
}
