/* SPDX-License-Identifier: Apache-2.0 */

#include <induct/induct.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A table of logits: what comes next depends on the last token alone. */
typedef struct bigram {
    induct_architecture architecture;
    induct_parameter table;
    int64_t shape[2];
    uint32_t tokens; /* which tensor of the schema holds the tokens */
} bigram;

static void destroy(const induct_architecture *self) { free(self->instance); }

static const induct_parameter *parameter(const induct_architecture *self, uint32_t index) {
    return index == 0 ? &((const bigram *)self->instance)->table : NULL;
}

static uint64_t workspace_size(const induct_architecture *self, uint32_t mode, uint64_t count, int64_t length) {
    (void)self, (void)mode, (void)count, (void)length;
    return 0;
}

/* outputs[row, position, :] = table[token, :] */
static induct_status forward(const induct_architecture *self, const induct_pass *pass, induct_error *error) {
    const bigram *model = (const bigram *)self->instance;
    const int32_t *tokens = (const int32_t *)pass->tensors[model->tokens]->data;
    const uint64_t classes = (uint64_t)model->shape[1], cells = pass->count * (uint64_t)pass->length;
    (void)error;
    for (uint64_t i = 0; i < cells; i++)
        memcpy(pass->outputs + i * classes, pass->parameters[0] + (uint64_t)tokens[i] * classes,
               classes * sizeof(float));
    return INDUCT_OK;
}

/* d table[token, :] += d outputs[row, position, :] */
static induct_status backward(const induct_architecture *self, const induct_pass *pass, induct_error *error) {
    const bigram *model = (const bigram *)self->instance;
    const int32_t *tokens = (const int32_t *)pass->tensors[model->tokens]->data;
    const uint64_t classes = (uint64_t)model->shape[1], cells = pass->count * (uint64_t)pass->length;
    float *gradient = pass->gradients[0];
    (void)error;
    if (!pass->accumulate) memset(gradient, 0, (uint64_t)model->shape[0] * classes * sizeof(float));
    for (uint64_t i = 0; i < cells; i++)
        for (uint64_t c = 0; c < classes; c++)
            gradient[(uint64_t)tokens[i] * classes + c] += pass->output_gradients[i * classes + c];
    return INDUCT_OK;
}

static const void *get_extension(const induct_architecture *self, const char *id) {
    (void)self, (void)id;
    return NULL;
}

static induct_status create(const induct_create *call, const induct_architecture **architecture, induct_error *error) {
    const induct_schema *schema = call->schema;
    uint32_t tokens = 0;
    while (tokens < schema->tensor_count && strcmp(schema->tensors[tokens]->name, "tokens") != 0) tokens++;
    bigram *model = (bigram *)calloc(1, sizeof *model);
    if (!model || schema->task != INDUCT_TASK_NEXT_TOKEN || tokens == schema->tensor_count) {
        free(model);
        if (error) snprintf(error->message, sizeof error->message, "bigram: needs a source of tokens");
        return INDUCT_INVALID_ARGUMENT;
    }
    model->tokens = tokens;
    model->shape[0] = model->shape[1] = schema->classes;
    model->table = (induct_parameter){
        .struct_size = sizeof model->table, .name = "table", .shape = model->shape, .rank = 2,
        .initialiser = INDUCT_INITIALISER_ZEROS};
    model->architecture = (induct_architecture){
        .struct_size = sizeof model->architecture, .output = INDUCT_OUTPUT_LOGITS, .instance = model,
        .destroy = destroy, .parameter = parameter, .workspace_size = workspace_size, .forward = forward,
        .backward = backward, .get_extension = get_extension};
    *architecture = &model->architecture;
    return INDUCT_OK;
}

static const induct_descriptor descriptor = {
    .struct_size = sizeof descriptor, .name = "bigram", .summary = "a table of logits by the last token"};
static const induct_descriptor *const descriptors[] = {&descriptor};
static const induct_architecture_factory factory = {
    .struct_size = sizeof factory, .descriptor_count = 1, .descriptors = descriptors, .create = create};

static const void *get_factory(const char *id) {
    return strcmp(id, INDUCT_ARCHITECTURE_FACTORY) == 0 ? &factory : NULL;
}

static const induct_plugin plugin = {
    .struct_size = sizeof plugin, .abi_major = INDUCT_ABI_MAJOR, .abi_minor = INDUCT_ABI_MINOR,
    .id = "org.example.bigram", .version = "1.0.0", .summary = "a first architecture", .get_factory = get_factory};

const induct_plugin *induct_plugin_entry_v1(const induct_host *host, induct_error *error) {
    (void)host, (void)error;
    return &plugin;
}
