/* SPDX-License-Identifier: Apache-2.0 */

/* An online gate: Hedge (Freund and Schapire 1997). Weights w_k are proportional to exp(-rate * total loss of expert k);
 * the logarithms live in a parameter flagged online, so the host saves and resumes them. It has no gradient. */

#include <induct/induct.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct hedge {
    induct_gate gate;
    induct_parameter parameter;
    int64_t experts;
    int64_t positions; /* 0: the length */
    double rate;
} hedge;

static induct_status fail(induct_error *error, induct_status status, const char *message) {
    if (error) {
        error->status = status;
        snprintf(error->message, sizeof error->message, "%s", message);
    }
    return status;
}

static void destroy(const induct_gate *self) { free(self->instance); }

static const induct_parameter *parameter(const induct_gate *self, uint32_t index) {
    return index == 0 ? &((const hedge *)self->instance)->parameter : NULL;
}

static uint64_t workspace_size(const induct_gate *self, uint32_t mode, uint64_t count, int64_t length) {
    (void)self;
    (void)mode;
    (void)count;
    (void)length;
    return 0;
}

static induct_status forward(const induct_gate *self, const induct_pass *pass, induct_error *error) {
    const hedge *mine = self->instance;
    const float *logs = pass->parameters[0];
    const uint64_t rows = pass->count * (uint64_t)mine->positions;
    float largest = logs[0], sum = 0;
    (void)error;
    for (int64_t k = 1; k < mine->experts; k++) largest = logs[k] > largest ? logs[k] : largest;
    for (int64_t k = 0; k < mine->experts; k++) sum += expf(logs[k] - largest);
    for (uint64_t r = 0; r < rows; r++)
        for (int64_t k = 0; k < mine->experts; k++)
            pass->outputs[r * (uint64_t)mine->experts + (uint64_t)k] = expf(logs[k] - largest) / sum;
    return INDUCT_OK;
}

static induct_status observe(const induct_gate *self, const induct_observation *call, induct_error *error) {
    const hedge *mine = self->instance;
    const uint64_t rows = call->count * (uint64_t)mine->positions;
    if (!call->expert_losses || call->expert_count != (uint64_t)mine->experts)
        return fail(error, INDUCT_INVALID_ARGUMENT, "a gate observes the losses of its experts");
    for (int64_t k = 0; k < mine->experts; k++) {
        double total = 0;
        for (uint64_t r = 0; r < rows; r++) total += call->expert_losses[r * (uint64_t)mine->experts + (uint64_t)k];
        call->parameters[0][k] -= (float)(mine->rate * total / (double)rows);
    }
    return INDUCT_OK;
}

static const void *get_extension(const induct_gate *self, const char *id) {
    static const induct_online online = {.struct_size = sizeof online, .observe = observe};
    (void)self;
    return strcmp(id, INDUCT_GATE_ONLINE) == 0 ? &online : NULL;
}

static induct_status create(const induct_create *call, const induct_gate **gate, induct_error *error) {
    hedge *mine = calloc(1, sizeof *mine);
    const char *rate = strstr(call->config, "\"rate\":");
    if (!mine) return fail(error, INDUCT_RESOURCE_EXHAUSTED, "no memory for a gate");
    mine->experts = (int64_t)call->expert_count;
    mine->positions = call->schema->positions;
    mine->rate = rate ? strtod(rate + 7, NULL) : 0;
    mine->parameter = (induct_parameter){
        .struct_size = sizeof(induct_parameter), .flags = INDUCT_PARAMETER_ONLINE, .name = "log_weights",
        .shape = &mine->experts, .rank = 1, .initialiser = INDUCT_INITIALISER_ZEROS};
    mine->gate = (induct_gate){
        .struct_size = sizeof(induct_gate), .output = INDUCT_OUTPUT_PROBABILITIES, .instance = mine, .destroy = destroy,
        .parameter = parameter, .workspace_size = workspace_size, .forward = forward, .get_extension = get_extension};
    *gate = &mine->gate;
    return INDUCT_OK;
}

static const induct_descriptor descriptor = {
    .struct_size = sizeof descriptor, .name = "hedge", .summary = "weights by the experts' past losses",
    .config_schema =
        "{\"parameters\":{\"rate\":{\"type\":\"number\",\"exclusive_minimum\":0,\"default\":0.5}}}"};
static const induct_descriptor *const descriptors[] = {&descriptor};
static const induct_gate_factory factory = {
    .struct_size = sizeof factory, .descriptor_count = 1, .descriptors = descriptors, .create = create};

static const void *get_factory(const char *id) { return strcmp(id, INDUCT_GATE_FACTORY) == 0 ? &factory : NULL; }

static const induct_plugin plugin = {
    .struct_size = sizeof plugin, .abi_major = INDUCT_ABI_MAJOR, .abi_minor = INDUCT_ABI_MINOR,
    .id = "org.example.hedge", .version = "1.0.0", .summary = "online gates", .get_factory = get_factory};

const induct_plugin *induct_plugin_entry_v1(const induct_host *host, induct_error *error) {
    (void)host;
    (void)error;
    return &plugin;
}
