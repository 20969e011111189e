/* SPDX-License-Identifier: Apache-2.0 */

/* An architecture over "inputs": one linear map from all items of a sample to its outputs, for classification (logits) and
 * regression (values). */

#include <induct/induct.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct linear {
    induct_architecture architecture;
    induct_parameter parameters[2];
    int64_t inputs;  /* floats of one sample */
    int64_t outputs; /* positions times classes or outputs */
    int64_t weight_shape[2];
    uint32_t tensor;
} linear;

static induct_status fail(induct_error *error, induct_status status, const char *message) {
    if (error) {
        error->status = status;
        snprintf(error->message, sizeof error->message, "%s", message);
    }
    return status;
}

static void destroy(const induct_architecture *self) { free(self->instance); }

static const induct_parameter *parameter(const induct_architecture *self, uint32_t index) {
    const linear *mine = self->instance;
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
    const linear *mine = self->instance;
    const float *x = pass->tensors[mine->tensor]->data;
    (void)error;
    for (uint64_t r = 0; r < pass->count; r++)
        for (int64_t o = 0; o < mine->outputs; o++) {
            float sum = pass->parameters[1][o];
            for (int64_t i = 0; i < mine->inputs; i++)
                sum += pass->parameters[0][o * mine->inputs + i] * x[r * (uint64_t)mine->inputs + (uint64_t)i];
            pass->outputs[r * (uint64_t)mine->outputs + (uint64_t)o] = sum;
        }
    return INDUCT_OK;
}

static induct_status backward(const induct_architecture *self, const induct_pass *pass, induct_error *error) {
    const linear *mine = self->instance;
    const float *x = pass->tensors[mine->tensor]->data;
    float *weight = pass->gradients[0], *bias = pass->gradients[1];
    (void)error;
    if (!pass->accumulate) {
        memset(weight, 0, (size_t)(mine->inputs * mine->outputs) * sizeof *weight);
        memset(bias, 0, (size_t)mine->outputs * sizeof *bias);
    }
    for (uint64_t r = 0; r < pass->count; r++)
        for (int64_t o = 0; o < mine->outputs; o++) {
            const float gradient = pass->output_gradients[r * (uint64_t)mine->outputs + (uint64_t)o];
            for (int64_t i = 0; i < mine->inputs; i++)
                weight[o * mine->inputs + i] += gradient * x[r * (uint64_t)mine->inputs + (uint64_t)i];
            bias[o] += gradient;
        }
    return INDUCT_OK;
}

static induct_status create(const induct_create *call, const induct_architecture **architecture, induct_error *error) {
    const induct_schema *schema = call->schema;
    const int is_regression = schema->task == INDUCT_TASK_REGRESSION;
    linear *mine = calloc(1, sizeof *mine);
    if (!mine) return fail(error, INDUCT_RESOURCE_EXHAUSTED, "no memory for a linear map");
    for (uint32_t i = 0; i < schema->tensor_count; i++) {
        const induct_tensor_schema *tensor = schema->tensors[i];
        if (strcmp(tensor->name, "inputs") != 0) continue;
        mine->tensor = i;
        mine->inputs = 1;
        for (int32_t axis = 1; axis < tensor->rank; axis++) mine->inputs *= tensor->shape[axis];
    }
    if (mine->inputs == 0) {
        free(mine);
        return fail(error, INDUCT_INVALID_ARGUMENT, "a linear map needs a source with 'inputs'");
    }
    mine->outputs = schema->positions * (is_regression ? schema->outputs : schema->classes);
    mine->weight_shape[0] = mine->outputs;
    mine->weight_shape[1] = mine->inputs;
    mine->parameters[0] = (induct_parameter){
        .struct_size = sizeof(induct_parameter), .name = "weight", .shape = mine->weight_shape, .rank = 2,
        .initialiser = INDUCT_INITIALISER_NORMAL, .a = 0, .b = 0.1};
    mine->parameters[1] = (induct_parameter){
        .struct_size = sizeof(induct_parameter), .flags = INDUCT_PARAMETER_NOT_DECAYED, .name = "bias",
        .shape = mine->weight_shape, .rank = 1, .initialiser = INDUCT_INITIALISER_ZEROS};
    mine->architecture = (induct_architecture){
        .struct_size = sizeof(induct_architecture),
        .output = is_regression ? INDUCT_OUTPUT_VALUES : INDUCT_OUTPUT_LOGITS, .instance = mine, .destroy = destroy,
        .parameter = parameter, .workspace_size = workspace_size, .forward = forward, .backward = backward};
    *architecture = &mine->architecture;
    return INDUCT_OK;
}

static const induct_descriptor descriptor = {
    .struct_size = sizeof descriptor, .name = "linear", .summary = "one linear map of all inputs"};
static const induct_descriptor *const descriptors[] = {&descriptor};
static const induct_architecture_factory factory = {
    .struct_size = sizeof factory, .descriptor_count = 1, .descriptors = descriptors, .create = create};

static const void *get_factory(const char *id) {
    return strcmp(id, INDUCT_ARCHITECTURE_FACTORY) == 0 ? &factory : NULL;
}

static const induct_plugin plugin = {
    .struct_size = sizeof plugin, .abi_major = INDUCT_ABI_MAJOR, .abi_minor = INDUCT_ABI_MINOR,
    .id = "org.example.linear", .version = "1.0.0", .summary = "a linear map", .get_factory = get_factory};

const induct_plugin *induct_plugin_entry_v1(const induct_host *host, induct_error *error) {
    (void)host;
    (void)error;
    return &plugin;
}
