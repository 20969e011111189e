/* SPDX-License-Identifier: Apache-2.0 */

/* An architecture that keeps state per slot: logits[b, i] = table[tokens[b, i]] + bias. In training, forward copies its
 * tokens into memory of the slot, and backward reads them from there. */

#include <induct/induct.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 256

typedef struct slot {
    int32_t *tokens;
    uint64_t count;
    uint64_t room;
} slot;

typedef struct bigram {
    induct_architecture architecture;
    induct_parameter parameters[2];
    int64_t classes;
    int64_t table_shape[2];
    uint32_t tokens_index;
    slot slots[SLOTS];
} bigram;

static induct_status fail(induct_error *error, induct_status status, const char *message) {
    if (error) {
        error->status = status;
        snprintf(error->message, sizeof error->message, "%s", message);
    }
    return status;
}

static void destroy(const induct_architecture *self) {
    bigram *mine = self->instance;
    for (uint32_t i = 0; i < SLOTS; i++) free(mine->slots[i].tokens);
    free(mine);
}

static const induct_parameter *parameter(const induct_architecture *self, uint32_t index) {
    const bigram *mine = self->instance;
    return index < 2 ? &mine->parameters[index] : NULL;
}

static uint64_t workspace_size(const induct_architecture *self, uint32_t mode, uint64_t count, int64_t length) {
    (void)self;
    (void)mode;
    (void)count;
    (void)length;
    return 0;
}

static induct_status forward(const induct_architecture *self, const induct_pass *pass, induct_error *error) {
    bigram *mine = self->instance;
    const uint64_t rows = pass->count * (uint64_t)pass->length;
    const int64_t classes = mine->classes;
    const int32_t *tokens = pass->tensors[mine->tokens_index]->data;
    const float *table = pass->parameters[0], *bias = pass->parameters[1];
    for (uint64_t r = 0; r < rows; r++)
        for (int64_t c = 0; c < classes; c++)
            pass->outputs[r * (uint64_t)classes + (uint64_t)c] = table[tokens[r] * classes + c] + bias[c];
    if (pass->mode == INDUCT_MODE_EVALUATE) return INDUCT_OK;
    if (pass->slot >= SLOTS) return fail(error, INDUCT_OUT_OF_RANGE, "it has 256 slots");
    slot *kept = &mine->slots[pass->slot];
    if (kept->room < rows) {
        int32_t *grown = realloc(kept->tokens, rows * sizeof *grown);
        if (!grown) return fail(error, INDUCT_RESOURCE_EXHAUSTED, "no memory for a slot's tokens");
        kept->tokens = grown;
        kept->room = rows;
    }
    memcpy(kept->tokens, tokens, rows * sizeof *tokens);
    kept->count = rows;
    return INDUCT_OK;
}

static induct_status backward(const induct_architecture *self, const induct_pass *pass, induct_error *error) {
    bigram *mine = self->instance;
    const uint64_t rows = pass->count * (uint64_t)pass->length;
    const int64_t classes = mine->classes;
    float *table = pass->gradients[0], *bias = pass->gradients[1];
    if (pass->slot >= SLOTS || mine->slots[pass->slot].count != rows)
        return fail(error, INDUCT_FAILED_PRECONDITION, "backward without the forward of its slot");
    const int32_t *tokens = mine->slots[pass->slot].tokens;
    if (!pass->accumulate) {
        memset(table, 0, (size_t)(classes * classes) * sizeof *table);
        memset(bias, 0, (size_t)classes * sizeof *bias);
    }
    for (uint64_t r = 0; r < rows; r++)
        for (int64_t c = 0; c < classes; c++) {
            const float gradient = pass->output_gradients[r * (uint64_t)classes + (uint64_t)c];
            table[tokens[r] * classes + c] += gradient;
            bias[c] += gradient;
        }
    mine->slots[pass->slot].count = 0;
    return INDUCT_OK;
}

static induct_status create(const induct_create *call, const induct_architecture **architecture, induct_error *error) {
    const induct_schema *schema = call->schema;
    bigram *mine;
    if (schema->task != INDUCT_TASK_NEXT_TOKEN)
        return fail(error, INDUCT_INVALID_ARGUMENT, "a bigram predicts tokens; take a source of tokens");
    mine = calloc(1, sizeof *mine);
    if (!mine) return fail(error, INDUCT_RESOURCE_EXHAUSTED, "no memory for a bigram");
    for (uint32_t i = 0; i < schema->tensor_count; i++)
        if (strcmp(schema->tensors[i]->name, "tokens") == 0) mine->tokens_index = i;
    mine->classes = schema->classes;
    mine->table_shape[0] = mine->table_shape[1] = schema->classes;
    mine->parameters[0] = (induct_parameter){
        .struct_size = sizeof(induct_parameter), .name = "table", .shape = mine->table_shape, .rank = 2,
        .initialiser = INDUCT_INITIALISER_NORMAL, .a = 0, .b = 0.02};
    mine->parameters[1] = (induct_parameter){
        .struct_size = sizeof(induct_parameter), .flags = INDUCT_PARAMETER_NOT_DECAYED, .name = "bias",
        .shape = mine->table_shape, .rank = 1, .initialiser = INDUCT_INITIALISER_ZEROS};
    mine->architecture = (induct_architecture){
        .struct_size = sizeof(induct_architecture), .output = INDUCT_OUTPUT_LOGITS, .instance = mine,
        .destroy = destroy, .parameter = parameter, .workspace_size = workspace_size, .forward = forward,
        .backward = backward};
    *architecture = &mine->architecture;
    return INDUCT_OK;
}

static const induct_descriptor descriptor = {
    .struct_size = sizeof descriptor, .name = "bigram", .summary = "logits by the last token"};
static const induct_descriptor *const descriptors[] = {&descriptor};
static const induct_architecture_factory factory = {
    .struct_size = sizeof factory, .descriptor_count = 1, .descriptors = descriptors, .create = create};

static const void *get_factory(const char *id) {
    return strcmp(id, INDUCT_ARCHITECTURE_FACTORY) == 0 ? &factory : NULL;
}

static const induct_plugin plugin = {
    .struct_size = sizeof plugin, .abi_major = INDUCT_ABI_MAJOR, .abi_minor = INDUCT_ABI_MINOR,
    .id = "org.example.bigram", .version = "1.0.0", .summary = "a bigram", .get_factory = get_factory};

const induct_plugin *induct_plugin_entry_v1(const induct_host *host, induct_error *error) {
    (void)host;
    (void)error;
    return &plugin;
}
