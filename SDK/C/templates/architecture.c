/* SPDX-License-Identifier: Apache-2.0 */

/* An architecture in one file: "bigram", a table of logits for the next token, looked up by the last one.
 *
 *     cc -std=c11 -O2 -shared -fPIC -ISDK/C/include architecture.c -o bigram.so
 *     INDUCT_PLUGIN_PATH=$PWD induct run --source 'golden-mean(p=0.5)' --architecture bigram \
 *         --length 32 --steps 200 --batch 64 --learning-rate 0.1 --seed 1
 *
 * Shown here: parameters, a forward and a backward pass. The host owns parameters, gradients and outputs, computes the
 * loss and runs the optimiser. */

#include <induct/induct.h>

#include <stdlib.h>
#include <string.h>

typedef struct table_model {
    induct_architecture architecture; /* first, so that the host's pointer is ours */
    induct_parameter table;           /* [classes, classes]: row = last token, column = next token */
    int64_t shape[2];
    uint32_t tokens; /* where "tokens" stands in the schema */
} table_model;

static void destroy(const induct_architecture *self) { free(self->instance); }

static const induct_parameter *parameter(const induct_architecture *self, uint32_t index) {
    return index == 0 ? &((const table_model *)self->instance)->table : NULL;
}

static uint64_t workspace_size(const induct_architecture *self, uint32_t mode, uint64_t count, int64_t length) {
    (void)self;
    (void)mode;
    (void)count;
    (void)length;
    return 0;
}

static induct_status forward(const induct_architecture *self, const induct_pass *pass, induct_error *error) {
    const table_model *model = (const table_model *)self->instance;
    const int64_t classes = model->shape[1];
    const int64_t rows = (int64_t)pass->count * pass->length;
    const int32_t *tokens = (const int32_t *)pass->tensors[model->tokens]->data;
    for (int64_t row = 0; row < rows; row++) {
        if (tokens[row] < 0 || tokens[row] >= classes)
            return induct_fail(error, INDUCT_INVALID_ARGUMENT, "bigram: a token lies outside the vocabulary");
        memcpy(pass->outputs + row * classes, pass->parameters[0] + tokens[row] * classes,
               (size_t)classes * sizeof(float));
    }
    return INDUCT_OK;
}

/* d loss / d table[token] is the sum of the output gradients wherever that token was the last one. */
static induct_status backward(const induct_architecture *self, const induct_pass *pass, induct_error *error) {
    (void)error;
    const table_model *model = (const table_model *)self->instance;
    const int64_t classes = model->shape[1];
    const int64_t rows = (int64_t)pass->count * pass->length;
    const int32_t *tokens = (const int32_t *)pass->tensors[model->tokens]->data;
    float *gradient = pass->gradients[0];
    if (!pass->accumulate) memset(gradient, 0, (size_t)(classes * classes) * sizeof(float));
    for (int64_t row = 0; row < rows; row++) {
        float *target = gradient + tokens[row] * classes;
        const float *incoming = pass->output_gradients + row * classes;
        for (int64_t column = 0; column < classes; column++) target[column] += incoming[column];
    }
    return INDUCT_OK;
}

static const void *get_extension(const induct_architecture *self, const char *extension_id) {
    (void)self;
    (void)extension_id;
    return NULL;
}

static induct_status create(const induct_create *call, const induct_architecture **architecture, induct_error *error) {
    if (!INDUCT_HAS(call, induct_create, schema))
        return induct_fail(error, INDUCT_INVALID_ARGUMENT, "bigram: the host gives no schema");
    const induct_schema *schema = call->schema;
    uint32_t tokens = 0;
    while (tokens < schema->tensor_count && strcmp(schema->tensors[tokens]->name, "tokens") != 0) tokens++;
    if (schema->task != INDUCT_TASK_NEXT_TOKEN || tokens == schema->tensor_count)
        return induct_fail(
            error, INDUCT_INVALID_ARGUMENT, "bigram: needs a source of tokens; use another architecture here");
    table_model *model = (table_model *)calloc(1, sizeof *model);
    if (!model) return induct_fail(error, INDUCT_RESOURCE_EXHAUSTED, "bigram: out of memory");
    model->tokens = tokens;
    model->shape[0] = model->shape[1] = schema->classes;
    model->table = (induct_parameter){
        .struct_size = sizeof model->table, .name = "table.weight", .shape = model->shape, .rank = 2,
        .initialiser = INDUCT_INITIALISER_NORMAL, .a = 0, .b = 0.02};
    model->architecture = (induct_architecture){
        .struct_size = sizeof model->architecture, .output = INDUCT_OUTPUT_LOGITS, .instance = model,
        .destroy = destroy, .parameter = parameter, .workspace_size = workspace_size, .forward = forward,
        .backward = backward, .get_extension = get_extension};
    *architecture = &model->architecture;
    return INDUCT_OK;
}

static const induct_descriptor descriptor = {
    .struct_size = sizeof descriptor, .concurrency = INDUCT_CONCURRENCY_PARALLEL, .name = "bigram",
    .summary = "a table of logits, looked up by the last token",
    .config_schema = "{\"parameters\": {}, \"examples\": [\"bigram\"]}"};
static const induct_descriptor *const descriptors[1] = {&descriptor};
static const induct_architecture_factory factory = {sizeof factory, 1, descriptors, create};

static const void *get_factory(const char *factory_id) {
    return strcmp(factory_id, INDUCT_ARCHITECTURE_FACTORY) == 0 ? &factory : NULL;
}

#define PLUGIN_ID "org.example.bigram"
#define PLUGIN_VERSION "1.0.0"

static const induct_plugin plugin = {
    .struct_size = sizeof plugin, .abi_major = INDUCT_ABI_MAJOR, .abi_minor = INDUCT_ABI_MINOR,
    .id = PLUGIN_ID, .version = PLUGIN_VERSION, .summary = "an architecture in one C file",
    .get_factory = get_factory};

/* The same for whoever looks at the file and does not load it. */
INDUCT_NOTE(PLUGIN_ID, PLUGIN_VERSION);

INDUCT_EXPORT const induct_plugin *induct_plugin_entry_v1(const induct_host *host, induct_error *error) {
    (void)host;
    (void)error;
    return &plugin;
}
