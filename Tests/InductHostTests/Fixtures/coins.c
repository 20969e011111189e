/* SPDX-License-Identifier: Apache-2.0 */

/* A stranger's plugin: two token sources. `biased-coin` is an independent coin with its oracle and its hidden Markov model.
 * `alternate` takes two children from any library and gives even samples to the first, odd ones to the second. */

#include <induct/induct.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef PLUGIN_ID
#define PLUGIN_ID "org.example.coins"
#endif

static induct_status fail(induct_error *error, induct_status status, const char *message) {
    if (error) {
        error->status = status;
        snprintf(error->message, sizeof error->message, "%s", message);
    }
    return status;
}

/* The number behind "key": in a configuration that the host has made complete. */
static double number(const char *config, const char *key) {
    char pattern[64];
    snprintf(pattern, sizeof pattern, "\"%s\":", key);
    const char *found = strstr(config, pattern);
    return found ? strtod(found + strlen(pattern), NULL) : 0;
}

static const int64_t tokens_shape[] = {INDUCT_DIMENSION_BATCH, INDUCT_DIMENSION_LENGTH};
static const induct_tensor_schema tokens_schema = {
    .struct_size = sizeof(induct_tensor_schema), .role = INDUCT_ROLE_INPUT, .name = "tokens",
    .dtype = {INDUCT_TYPE_INT, 32, 1}, .rank = 2, .shape = tokens_shape, .limit = 2};
static const induct_tensor_schema *const tensor_schemas[] = {&tokens_schema};
static const induct_schema coin_schema = {
    .struct_size = sizeof(induct_schema), .task = INDUCT_TASK_NEXT_TOKEN, .tensor_count = 1, .tensors = tensor_schemas,
    .classes = 2, .positions = INDUCT_DIMENSION_LENGTH};

static const induct_view views[] = {{.struct_size = sizeof(induct_view), .name = "train"},
                                    {.struct_size = sizeof(induct_view), .name = "test", .count = 100000}};

static const induct_view *view(const induct_source *self, uint32_t index) {
    (void)self;
    return index < 2 ? &views[index] : NULL;
}

/* ---- biased-coin ---- */

typedef struct coin {
    induct_source source;
    induct_source_hmm hmm;
    double p;
    double transition[2];
    double start[1];
} coin;

static void coin_destroy(const induct_source *self) { free(self->instance); }

static const induct_schema *coin_get_schema(const induct_source *self) {
    (void)self;
    return &coin_schema;
}

static induct_status coin_fill(const induct_source *self, const induct_source_fill *call, induct_error *error) {
    const coin *mine = self->instance;
    const uint32_t threshold = induct_threshold(mine->p);
    const uint32_t purpose = INDUCT_PURPOSE(call->view, 1);
    int32_t *tokens;
    (void)error;
    if (!call->tensors[0]) return INDUCT_OK;
    tokens = call->tensors[0]->data;
    for (uint64_t i = 0; i < call->count; i++)
        for (int64_t t = 0; t < call->length; t++) {
            const uint32_t word = induct_random_word(call->seed, purpose, call->first + i, (uint64_t)t);
            tokens[i * (uint64_t)call->length + (uint64_t)t] = word < threshold;
        }
    return INDUCT_OK;
}

static induct_status coin_oracle(const induct_source *self, const induct_source_oracle_call *call, induct_error *error) {
    const coin *mine = self->instance;
    const int64_t prefixes = call->length + 1;
    if (!call->tensors[0]) return fail(error, INDUCT_INVALID_ARGUMENT, "the oracle needs 'tokens'");
    for (uint64_t i = 0; i < call->count; i++) {
        const int32_t *tokens = (const int32_t *)call->tensors[0]->data + i * (uint64_t)call->length;
        double log_probability = 0;
        for (int64_t j = 0; j < prefixes; j++) {
            const uint64_t row = i * (uint64_t)prefixes + (uint64_t)j;
            if (j > 0) log_probability += log(tokens[j - 1] ? mine->p : 1 - mine->p);
            if (call->predictive) {
                call->predictive[2 * row] = 1 - mine->p;
                call->predictive[2 * row + 1] = mine->p;
            }
            if (call->log_probability) call->log_probability[row] = log_probability;
        }
    }
    return INDUCT_OK;
}

static const induct_source_oracle oracle = {.struct_size = sizeof oracle, .evaluate = coin_oracle};

static const void *coin_extension(const induct_source *self, const char *id) {
    const coin *mine = self->instance;
    if (strcmp(id, INDUCT_SOURCE_ORACLE) == 0) return &oracle;
    if (strcmp(id, INDUCT_SOURCE_HMM) == 0) return &mine->hmm;
    return NULL;
}

static induct_status create_coin(const induct_create *call, const induct_source **source, induct_error *error) {
    coin *mine = calloc(1, sizeof *mine);
    if (!mine) return fail(error, INDUCT_RESOURCE_EXHAUSTED, "no memory for a coin");
    mine->p = number(call->config, "p");
    mine->transition[0] = 1 - mine->p;
    mine->transition[1] = mine->p;
    mine->start[0] = 1;
    mine->hmm = (induct_source_hmm){.struct_size = sizeof(induct_source_hmm), .states = 1, .tokens = 2,
                                    .transition = mine->transition, .start = mine->start};
    mine->source = (induct_source){.struct_size = sizeof(induct_source), .instance = mine, .destroy = coin_destroy,
                                   .schema = coin_get_schema, .view = view, .fill = coin_fill,
                                   .get_extension = coin_extension};
    *source = &mine->source;
    return INDUCT_OK;
}

/* ---- alternate ---- */

typedef struct pair {
    induct_source source;
    const induct_source *child[2];
} pair;

static void pair_destroy(const induct_source *self) { free(self->instance); }

static const induct_schema *pair_schema(const induct_source *self) {
    const pair *mine = self->instance;
    return mine->child[0]->schema(mine->child[0]);
}

static induct_status pair_fill(const induct_source *self, const induct_source_fill *call, induct_error *error) {
    const pair *mine = self->instance;
    if (!call->tensors[0]) return INDUCT_OK;
    for (uint64_t i = 0; i < call->count; i++) {
        const uint64_t sample = call->first + i;
        const induct_source *child = mine->child[sample & 1];
        induct_tensor tensor = *call->tensors[0];
        int64_t shape[2] = {1, call->length};
        induct_tensor *const tensors[] = {&tensor};
        induct_source_fill part = *call;
        induct_status status;
        tensor.data = (int32_t *)tensor.data + i * (uint64_t)call->length;
        tensor.shape = shape;
        part.struct_size = sizeof part;
        part.seed = induct_random_derive(call->seed, 1 + (sample & 1));
        part.first = sample;
        part.count = 1;
        part.tensors = tensors;
        status = child->fill(child, &part, error);
        if (status != INDUCT_OK) return status;
    }
    return INDUCT_OK;
}

static induct_status create_pair(const induct_create *call, const induct_source **source, induct_error *error) {
    pair *mine;
    const induct_source *first = call->children[0]->handle, *second = call->children[1]->handle;
    if (first->schema(first)->classes != second->schema(second)->classes)
        return fail(error, INDUCT_INVALID_ARGUMENT, "its children differ in their vocabularies; give two of one size");
    mine = calloc(1, sizeof *mine);
    if (!mine) return fail(error, INDUCT_RESOURCE_EXHAUSTED, "no memory for a pair");
    mine->child[0] = first;
    mine->child[1] = second;
    mine->source = (induct_source){.struct_size = sizeof(induct_source), .instance = mine, .destroy = pair_destroy,
                                   .schema = pair_schema, .view = view, .fill = pair_fill};
    *source = &mine->source;
    return INDUCT_OK;
}

/* ---- the plugin ---- */

static const induct_descriptor coin_descriptor = {
    .struct_size = sizeof(induct_descriptor), .name = "biased-coin", .summary = "independent tokens, 1 with probability p",
    .config_schema = "{\"parameters\":{\"p\":{\"type\":\"number\",\"minimum\":0,\"maximum\":1,\"default\":0.5,"
                     "\"summary\":\"P(1)\"}},\"examples\":[\"biased-coin(p=0.3)\"]}"};
static const induct_descriptor pair_descriptor = {
    .struct_size = sizeof(induct_descriptor), .name = "alternate", .summary = "even samples of one source, odd of another",
    .config_schema = "{\"children\":{\"kind\":\"source\",\"minimum\":2,\"maximum\":2}}"};
static const induct_descriptor *const descriptors[] = {&coin_descriptor, &pair_descriptor};

static induct_status create(const induct_create *call, const induct_source **source, induct_error *error) {
    if (strcmp(call->name, "biased-coin") == 0) return create_coin(call, source, error);
    if (strcmp(call->name, "alternate") == 0) return create_pair(call, source, error);
    return fail(error, INDUCT_NOT_FOUND, "there is no such source");
}

static const induct_source_factory factory = {
    .struct_size = sizeof factory, .descriptor_count = 2, .descriptors = descriptors, .create = create};

static const void *get_factory(const char *id) { return strcmp(id, INDUCT_SOURCE_FACTORY) == 0 ? &factory : NULL; }

static const induct_plugin plugin = {
    .struct_size = sizeof plugin, .abi_major = INDUCT_ABI_MAJOR, .abi_minor = INDUCT_ABI_MINOR, .id = PLUGIN_ID,
    .version = "1.0.0", .summary = "coins", .get_factory = get_factory};

const induct_plugin *induct_plugin_entry_v1(const induct_host *host, induct_error *error) {
    (void)host;
    (void)error;
    return &plugin;
}
