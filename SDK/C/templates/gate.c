/* SPDX-License-Identifier: Apache-2.0 */

/* A gate in one file: "learned-weights" gives K experts the same weights everywhere, softmax(scores), and learns them.
 *
 *     cc -std=c11 -O2 -shared -fPIC -ISDK/C/include gate.c -o learned-weights.so -lm
 *     INDUCT_PLUGIN_PATH=$PWD induct run --architecture 'gated(transformer, transformer, gate=learned-weights)' ...
 *
 * Shown here: a gate is an architecture whose outputs are [count, P, K], non-negative, rows summing to 1. */

#include <induct/induct.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAXIMUM_EXPERTS 64

typedef struct learned_weights {
    induct_gate gate;        /* first, so that the host's pointer is ours */
    induct_parameter scores; /* [K] */
    int64_t shape[1];
    int64_t positions; /* P, or 0 where there is one for every item */
} learned_weights;

static void destroy(const induct_gate *self) { free(self->instance); }

static const induct_parameter *parameter(const induct_gate *self, uint32_t index) {
    return index == 0 ? &((const learned_weights *)self->instance)->scores : NULL;
}

static uint64_t workspace_size(const induct_gate *self, uint32_t mode, uint64_t count, int64_t length) {
    (void)self;
    (void)mode;
    (void)count;
    (void)length;
    return 0;
}

static int64_t row_count(const learned_weights *gate, const induct_pass *pass) {
    return (int64_t)pass->count * (gate->positions > 0 ? gate->positions : pass->length);
}

/* weights_k = exp(score_k - max) / sum */
static void softmax(const learned_weights *gate, const float *scores, float *weights) {
    const int64_t experts = gate->shape[0];
    float greatest = scores[0], sum = 0;
    for (int64_t k = 1; k < experts; k++) greatest = scores[k] > greatest ? scores[k] : greatest;
    for (int64_t k = 0; k < experts; k++) sum += weights[k] = expf(scores[k] - greatest);
    for (int64_t k = 0; k < experts; k++) weights[k] /= sum;
}

static induct_status forward(const induct_gate *self, const induct_pass *pass, induct_error *error) {
    (void)error;
    const learned_weights *gate = (const learned_weights *)self->instance;
    const int64_t rows = row_count(gate, pass);
    float weights[MAXIMUM_EXPERTS];
    softmax(gate, pass->parameters[0], weights);
    for (int64_t row = 0; row < rows; row++)
        memcpy(pass->outputs + row * gate->shape[0], weights, (size_t)gate->shape[0] * sizeof(float));
    return INDUCT_OK;
}

/* d score_k = sum over rows of weight_k (d weight_k - sum_j weight_j d weight_j) */
static induct_status backward(const induct_gate *self, const induct_pass *pass, induct_error *error) {
    (void)error;
    const learned_weights *gate = (const learned_weights *)self->instance;
    const int64_t experts = gate->shape[0];
    const int64_t rows = row_count(gate, pass);
    float weights[MAXIMUM_EXPERTS];
    softmax(gate, pass->parameters[0], weights);
    float *gradient = pass->gradients[0];
    if (!pass->accumulate) memset(gradient, 0, (size_t)experts * sizeof(float));
    for (int64_t row = 0; row < rows; row++) {
        const float *incoming = pass->output_gradients + row * experts;
        float mean = 0;
        for (int64_t k = 0; k < experts; k++) mean += weights[k] * incoming[k];
        for (int64_t k = 0; k < experts; k++) gradient[k] += weights[k] * (incoming[k] - mean);
    }
    return INDUCT_OK;
}

static const void *get_extension(const induct_gate *self, const char *extension_id) {
    (void)self;
    (void)extension_id;
    return NULL;
}

static induct_status create(const induct_create *call, const induct_gate **result, induct_error *error) {
    if (!INDUCT_HAS(call, induct_create, expert_count))
        return induct_fail(error, INDUCT_INVALID_ARGUMENT, "learned-weights: the host does not say how many experts");
    if (call->expert_count < 1 || call->expert_count > MAXIMUM_EXPERTS)
        return induct_fail(error, INDUCT_INVALID_ARGUMENT, "learned-weights: takes 1 to 64 experts");
    learned_weights *gate = (learned_weights *)calloc(1, sizeof *gate);
    if (!gate) return induct_fail(error, INDUCT_RESOURCE_EXHAUSTED, "learned-weights: out of memory");
    gate->shape[0] = (int64_t)call->expert_count;
    gate->positions = call->schema->task == INDUCT_TASK_NEXT_TOKEN ? 0 : call->schema->positions;
    gate->scores = (induct_parameter){
        .struct_size = sizeof gate->scores, .flags = INDUCT_PARAMETER_NOT_DECAYED, .name = "scores",
        .shape = gate->shape, .rank = 1, .initialiser = INDUCT_INITIALISER_ZEROS};
    gate->gate = (induct_gate){
        .struct_size = sizeof gate->gate, .output = INDUCT_OUTPUT_PROBABILITIES, .instance = gate, .destroy = destroy,
        .parameter = parameter, .workspace_size = workspace_size, .forward = forward, .backward = backward,
        .get_extension = get_extension};
    *result = &gate->gate;
    return INDUCT_OK;
}

static const induct_descriptor descriptor = {
    .struct_size = sizeof descriptor, .concurrency = INDUCT_CONCURRENCY_PARALLEL, .name = "learned-weights",
    .summary = "the same weights everywhere, learned",
    .config_schema = "{\"parameters\": {}, \"examples\": [\"learned-weights\"]}"};
static const induct_descriptor *const descriptors[1] = {&descriptor};
static const induct_gate_factory factory = {sizeof factory, 1, descriptors, create};

static const void *get_factory(const char *factory_id) {
    return strcmp(factory_id, INDUCT_GATE_FACTORY) == 0 ? &factory : NULL;
}

#define PLUGIN_ID "org.example.learned-weights"
#define PLUGIN_VERSION "1.0.0"

static const induct_plugin plugin = {
    .struct_size = sizeof plugin, .abi_major = INDUCT_ABI_MAJOR, .abi_minor = INDUCT_ABI_MINOR,
    .id = PLUGIN_ID, .version = PLUGIN_VERSION, .summary = "a gate in one C file",
    .get_factory = get_factory};

/* The same for whoever looks at the file and does not load it. */
INDUCT_NOTE(PLUGIN_ID, PLUGIN_VERSION);

INDUCT_EXPORT const induct_plugin *induct_plugin_entry_v1(const induct_host *host, induct_error *error) {
    (void)host;
    (void)error;
    return &plugin;
}
