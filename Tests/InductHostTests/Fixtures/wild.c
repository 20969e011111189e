/* SPDX-License-Identifier: Apache-2.0 */

/* A plugin that works, until it does not: a source, an architecture and an evaluator that misbehave as their configuration
 * says, in the call after the first `after` ones; with a `marker`, only while there is no such file, which they make. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <induct/induct.h>

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef WORKSPACE
#define WORKSPACE 64
#endif
#ifndef OUTPUT
#define OUTPUT INDUCT_OUTPUT_LOGITS
#endif
#ifndef PARAMETER_NAME
#define PARAMETER_NAME "bias"
#endif
#ifndef METRIC_SIZE
#define METRIC_SIZE .kind = INDUCT_METRIC_SCALAR, .rows = 1, .columns = 1
#endif

typedef struct wild {
    union {
        induct_source source;
        induct_architecture architecture;
        induct_evaluator evaluator;
    } table;
    char how[32];
    char marker[512];
    long after;
    long calls;
} wild;

static void text(const char *config, const char *key, char *value, size_t size) {
    char pattern[64];
    size_t used = 0;
    snprintf(pattern, sizeof pattern, "\"%s\":\"", key);
    const char *found = strstr(config, pattern);
    if (found)
        for (found += strlen(pattern); *found && *found != '"' && used + 1 < size; found++)
            if (*found != '\\') value[used++] = *found;
    value[used] = 0;
}

static wild *configured(const induct_create *call) {
    wild *mine = calloc(1, sizeof *mine);
    if (!mine) abort();
    text(call->config, "how", mine->how, sizeof mine->how);
    text(call->config, "marker", mine->marker, sizeof mine->marker);
    const char *after = strstr(call->config, "\"after\":");
    mine->after = after ? strtol(after + 8, NULL, 10) : 0;
    return mine;
}

static void misbehave(wild *mine) {
    if (strcmp(mine->how, "wander") == 0 && chdir("/") != 0) abort();
    if (__atomic_fetch_add(&mine->calls, 1, __ATOMIC_RELAXED) < mine->after) return;
    if (mine->marker[0]) {
        const int marker = open(mine->marker, O_CREAT | O_EXCL | O_WRONLY, 0600);
        if (marker < 0) return;
        close(marker);
    }
    if (strcmp(mine->how, "segfault") == 0) *(volatile int *)8 = 1;
    if (strcmp(mine->how, "abort") == 0) abort();
    if (strcmp(mine->how, "exit") == 0) exit(0);
    if (strcmp(mine->how, "leave") == 0) {
        /* Someone stays behind, out of reach, and holds the worker's files open. */
        if (fork() == 0) {
            setsid();
            sleep(20);
            _exit(0);
        }
        exit(0);
    }
    if (strcmp(mine->how, "hang") == 0)
        for (;;) sleep(1);
    if (strcmp(mine->how, "garbage") == 0) {
        /* Where a worker's channels are, there are wrong answers; elsewhere nothing. */
        static const char answer[] = "this is no answer at all";
        for (int channel = 3; channel < 64; channel++) send(channel, answer, sizeof answer - 1, MSG_NOSIGNAL);
    }
    if (strcmp(mine->how, "print") == 0) {
        printf("printed by a plugin\n");
        fflush(stdout);
    }
}

static const char config_schema[] =
    "{\"parameters\":{\"how\":{\"type\":\"string\",\"default\":\"well\"},"
    "\"after\":{\"type\":\"integer\",\"minimum\":0,\"default\":0},"
    "\"marker\":{\"type\":\"string\",\"default\":\"\"}}}";

/* ---- a source: tokens of a counter-based coin ---- */

static const int64_t tokens_shape[] = {INDUCT_DIMENSION_BATCH, INDUCT_DIMENSION_LENGTH};
static const induct_tensor_schema tokens_schema = {
    .struct_size = sizeof(induct_tensor_schema), .role = INDUCT_ROLE_INPUT, .name = "tokens",
    .dtype = {INDUCT_TYPE_INT, 32, 1}, .rank = 2, .shape = tokens_shape, .limit = 2};
static const induct_tensor_schema *const tensor_schemas[] = {&tokens_schema};
static const induct_schema schema = {
    .struct_size = sizeof(induct_schema), .task = INDUCT_TASK_NEXT_TOKEN, .tensor_count = 1, .tensors = tensor_schemas,
    .classes = 2, .positions = INDUCT_DIMENSION_LENGTH};
static const induct_view views[] = {{.struct_size = sizeof(induct_view), .name = "train"},
                                    {.struct_size = sizeof(induct_view), .name = "test"}};

static const induct_view *source_view(const induct_source *self, uint32_t index) {
    (void)self;
    return index < 2 ? &views[index] : NULL;
}
static const induct_schema *source_schema(const induct_source *self) { (void)self; return &schema; }
static void source_destroy(const induct_source *self) { free(self->instance); }

static induct_status fill(const induct_source *self, const induct_source_fill *call, induct_error *error) {
    (void)error;
    misbehave(self->instance);
    if (strcmp(((const wild *)self->instance)->how, "odd") == 0) return -3;
    if (!call->tensors[0]) return INDUCT_OK;
    int32_t *tokens = call->tensors[0]->data;
    for (uint64_t i = 0; i < call->count; i++)
        for (int64_t t = 0; t < call->length; t++)
            tokens[i * (uint64_t)call->length + (uint64_t)t] =
                induct_random_word(call->seed, INDUCT_PURPOSE(call->view, 1), call->first + i, (uint64_t)t) < 1u << 30;
    if (strcmp(((const wild *)self->instance)->how, "count-processors") == 0) {
        cpu_set_t allowed;
        if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) tokens[0] = CPU_COUNT(&allowed) > 1;
    }
    return INDUCT_OK;
}

static induct_status create_source(const induct_create *call, const induct_source **source, induct_error *error) {
    wild *mine = configured(call);
    (void)error;
    mine->table.source = (induct_source){
        .struct_size = sizeof(induct_source), .instance = mine, .destroy = source_destroy, .schema = source_schema,
        .view = source_view, .fill = fill};
    *source = &mine->table.source;
    return INDUCT_OK;
}

/* ---- an architecture: the same logits everywhere ---- */

static const int64_t bias_shape[] = {2};
static const induct_parameter bias = {.struct_size = sizeof(induct_parameter), .name = PARAMETER_NAME, .shape = bias_shape,
                                      .rank = 1};

static void architecture_destroy(const induct_architecture *self) { free(self->instance); }
static const induct_parameter *parameter(const induct_architecture *self, uint32_t index) {
    (void)self;
    return index == 0 ? &bias : NULL;
}
static uint64_t workspace(const induct_architecture *self, uint32_t mode, uint64_t count, int64_t length) {
    (void)self, (void)mode, (void)count, (void)length;
    return WORKSPACE;
}
static induct_status forward(const induct_architecture *self, const induct_pass *pass, induct_error *error) {
    (void)error;
    const wild *mine = self->instance;
    misbehave(self->instance);
    if (strcmp(mine->how, "cancelled") == 0 && mine->calls > mine->after) return INDUCT_CANCELLED;
    if (strcmp(mine->how, "write-parameters") == 0) ((float *)(uintptr_t)pass->parameters[0])[0] = 99;
    if (strcmp(mine->how, "write-samples") == 0) ((int32_t *)pass->tensors[0]->data)[0] = 99;
    *(uint64_t *)pass->workspace = pass->count * (uint64_t)pass->length;
    for (uint64_t i = 0; i < pass->count * (uint64_t)pass->length; i++)
        for (int k = 0; k < 2; k++) pass->outputs[2 * i + (uint64_t)k] = pass->parameters[0][k];
    return INDUCT_OK;
}
static induct_status backward(const induct_architecture *self, const induct_pass *pass, induct_error *error) {
    (void)self, (void)error;
    const uint64_t rows = *(const uint64_t *)pass->workspace;
    if (!pass->accumulate) pass->gradients[0][0] = pass->gradients[0][1] = 0;
    for (uint64_t i = 0; i < rows; i++)
        for (int k = 0; k < 2; k++) pass->gradients[0][k] += pass->output_gradients[2 * i + (uint64_t)k];
    return INDUCT_OK;
}

static induct_status create_architecture(
    const induct_create *call, const induct_architecture **architecture, induct_error *error) {
    wild *mine = configured(call);
    (void)error;
    mine->table.architecture = (induct_architecture){
        .struct_size = sizeof(induct_architecture), .output = OUTPUT, .instance = mine,
        .destroy = architecture_destroy, .parameter = parameter, .workspace_size = workspace, .forward = forward,
        .backward = backward};
    *architecture = &mine->table.architecture;
    return INDUCT_OK;
}

/* ---- an evaluator: the mean loss ---- */

static const induct_need need = {.struct_size = sizeof(induct_need), .items = INDUCT_ITEM_LOSSES};

static void evaluator_destroy(const induct_evaluator *self) { free(self->instance); }
static const induct_need *evaluator_need(const induct_evaluator *self, uint32_t index) {
    (void)self;
    return index == 0 ? &need : NULL;
}
static induct_status begin(const induct_evaluator *self, void **accumulator, induct_error *error) {
    (void)self, (void)error;
    *accumulator = calloc(2, sizeof(double));
    return INDUCT_OK;
}
static induct_status consume(
    const induct_evaluator *self, void *accumulator, const induct_evaluation_batch *batch, induct_error *error) {
    double *sums = accumulator;
    (void)error;
    misbehave(self->instance);
    for (uint64_t i = 0; i < batch->count * (uint64_t)batch->positions; i++) {
        sums[0] += batch->losses[i];
        sums[1] += 1;
    }
    return INDUCT_OK;
}
static induct_status merge(const induct_evaluator *self, void *accumulator, const void *other, induct_error *error) {
    (void)self, (void)error;
    for (int i = 0; i < 2; i++) ((double *)accumulator)[i] += ((const double *)other)[i];
    return INDUCT_OK;
}
typedef struct result {
    double mean;
    induct_metric metric;
    const induct_metric *list[1];
} result;
static void release(induct_metrics *metrics) { free(metrics->owner); }
static induct_status finish(
    const induct_evaluator *self, const void *accumulator, induct_metrics *metrics, induct_error *error) {
    const double *sums = accumulator;
    result *mine = calloc(1, sizeof *mine);
    (void)self, (void)error;
    if (!mine) abort();
    mine->mean = sums[0] / sums[1];
    mine->metric = (induct_metric){.struct_size = sizeof(induct_metric), .name = "wild_loss",
                                   .values = &mine->mean, METRIC_SIZE};
    mine->list[0] = &mine->metric;
    metrics->count = 1;
    metrics->metrics = mine->list;
    metrics->owner = mine;
    metrics->release = release;
    return INDUCT_OK;
}
static void discard(const induct_evaluator *self, void *accumulator) {
    (void)self;
    free(accumulator);
}

static induct_status create_evaluator(
    const induct_create *call, const induct_evaluator **evaluator, induct_error *error) {
    wild *mine = configured(call);
    (void)error;
    mine->table.evaluator = (induct_evaluator){
        .struct_size = sizeof(induct_evaluator), .instance = mine, .destroy = evaluator_destroy,
        .need = evaluator_need, .begin = begin, .consume = consume, .merge = merge, .finish = finish,
        .discard = discard};
    *evaluator = &mine->table.evaluator;
    return INDUCT_OK;
}

/* ---- the plugin ---- */

static const induct_descriptor descriptor = {
    .struct_size = sizeof(induct_descriptor), .name = "wild", .config_schema = config_schema};
static const induct_descriptor *const descriptors[] = {&descriptor};
static const induct_source_factory sources = {
    .struct_size = sizeof(induct_source_factory), .descriptor_count = 1, .descriptors = descriptors,
    .create = create_source};
static const induct_architecture_factory architectures = {
    .struct_size = sizeof(induct_architecture_factory), .descriptor_count = 1, .descriptors = descriptors,
    .create = create_architecture};
static const induct_evaluator_factory evaluators = {
    .struct_size = sizeof(induct_evaluator_factory), .descriptor_count = 1, .descriptors = descriptors,
    .create = create_evaluator};

static const void *get_factory(const char *id) {
    if (strcmp(id, INDUCT_SOURCE_FACTORY) == 0) return &sources;
    if (strcmp(id, INDUCT_ARCHITECTURE_FACTORY) == 0) return &architectures;
    if (strcmp(id, INDUCT_EVALUATOR_FACTORY) == 0) return &evaluators;
    return NULL;
}

static const induct_plugin plugin = {
    .struct_size = sizeof(induct_plugin), .abi_major = INDUCT_ABI_MAJOR, .id = "org.example.wild", .version = "1.0.0",
    .get_factory = get_factory};

const induct_plugin *induct_plugin_entry_v1(const induct_host *host, induct_error *error) {
    (void)host, (void)error;
    return &plugin;
}
