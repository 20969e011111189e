/* SPDX-License-Identifier: Apache-2.0 */

/* A source whose schema does not tell the truth; LIE_... say how. */

#include <induct/induct.h>

#include <string.h>

#ifndef LIE_NAME
#define LIE_NAME "tokens"
#endif
#ifndef LIE_RANK
#define LIE_RANK 2
#endif
#ifndef LIE_BITS
#define LIE_BITS 32
#endif
#ifndef LIE_ROLE
#define LIE_ROLE INDUCT_ROLE_INPUT
#endif
#ifndef LIE_LIMIT
#define LIE_LIMIT 0
#endif
#ifndef LIE_CLASSES
#define LIE_CLASSES 2
#endif
#ifndef LIE_TASK
#define LIE_TASK INDUCT_TASK_NEXT_TOKEN
#endif
#ifndef LIE_LOSS
#define LIE_LOSS INDUCT_LOSS_DEFAULT
#endif
#ifndef LIE_COUNT
#define LIE_COUNT 1
#endif
#ifndef LIE_SIZE
#define LIE_SIZE sizeof(induct_schema)
#endif
#ifndef LIE_FIRST
#define LIE_FIRST INDUCT_DIMENSION_BATCH
#endif
#ifndef LIE_SECOND
#define LIE_SECOND INDUCT_DIMENSION_LENGTH
#endif
#ifndef LIE_VIEW
#define LIE_VIEW "train"
#endif
#ifndef LIE_LAW
#define LIE_LAW .5, .5
#endif
#ifndef LIE_TOKEN
#define LIE_TOKEN 0
#endif

static const int64_t shape[] = {LIE_FIRST, LIE_SECOND};
static const induct_tensor_schema tensor = {
    .struct_size = sizeof tensor, .role = LIE_ROLE, .name = LIE_NAME, .dtype = {INDUCT_TYPE_INT, LIE_BITS, 1},
    .rank = LIE_RANK, .shape = shape, .limit = LIE_LIMIT};
static const induct_tensor_schema *const tensors[] = {&tensor, &tensor};
static const induct_schema schema = {
    .struct_size = LIE_SIZE, .task = LIE_TASK, .loss = LIE_LOSS, .tensor_count = LIE_COUNT, .tensors = tensors,
    .classes = LIE_CLASSES, .positions = INDUCT_DIMENSION_LENGTH};

static const induct_view views[] = {{.struct_size = sizeof(induct_view), .name = LIE_VIEW},
                                    {.struct_size = sizeof(induct_view), .name = "test"}};

static const induct_schema *get_schema(const induct_source *self) {
    (void)self;
#ifdef LIE_NULL
    return NULL;
#else
    return &schema;
#endif
}

static const induct_view *view(const induct_source *self, uint32_t index) {
    (void)self;
    return index < 2 ? &views[index] : NULL;
}

static induct_status fill(const induct_source *self, const induct_source_fill *call, induct_error *error) {
    int32_t *tokens = call->tensors[0] ? call->tensors[0]->data : NULL;
    (void)self;
    (void)error;
    for (uint64_t i = 0; tokens && i < call->count * (uint64_t)call->length; i++) tokens[i] = 0;
    if (tokens && call->count > 1) tokens[call->length + 2] = LIE_TOKEN;
    return INDUCT_OK;
}

static induct_status evaluate(const induct_source *self, const induct_source_oracle_call *call, induct_error *error) {
    (void)self;
    (void)error;
    const double law[] = {LIE_LAW};
    const uint64_t rows = call->count * (uint64_t)(call->length + 1);
    for (uint64_t i = 0; call->predictive && i < 2 * rows; i++) call->predictive[i] = law[i % 2];
    for (uint64_t i = 0; call->log_probability && i < rows; i++) call->log_probability[i] = 0;
    return INDUCT_OK;
}

static const induct_source_oracle oracle = {.struct_size = sizeof oracle, .evaluate = evaluate};

#ifdef LIE_ENTROPY
static induct_status entropy(
    const induct_source *self, int64_t length, double *values, induct_source_theory_summary *summary,
    induct_error *error) {
    (void)self, (void)error;
    for (int64_t i = 0; i < length; i++) values[i] = LIE_ENTROPY;
    LIE_SUMMARY;
    return INDUCT_OK;
}
static const induct_source_theory theory = {.struct_size = sizeof theory, .entropy = entropy};
#endif
#ifdef LIE_COMPONENTS
static const double quarters[] = {.25, .25, .25, .25, .25, .25, .25, .25}, halves[] = {.5, .5};
static const uint32_t of_state[] = {0, 1};
static const induct_source_hmm hmm = {
    .struct_size = sizeof hmm, .states = 2, .tokens = 2, .component_count = LIE_COMPONENTS, .transition = quarters,
    .start = halves, .component_of_state = of_state};
#endif

static const void *get_extension(const induct_source *self, const char *id) {
    (void)self;
#ifdef LIE_ENTROPY
    if (strcmp(id, INDUCT_SOURCE_THEORY) == 0) return &theory;
#endif
#ifdef LIE_COMPONENTS
    if (strcmp(id, INDUCT_SOURCE_HMM) == 0) return &hmm;
#endif
    return strcmp(id, INDUCT_SOURCE_ORACLE) == 0 ? &oracle : NULL;
}

static void destroy(const induct_source *self) { (void)self; }

static const induct_source source = {
    .struct_size = sizeof source, .destroy = destroy, .schema = get_schema, .view = view, .fill = fill,
    .get_extension = get_extension};

static induct_status create(const induct_create *call, const induct_source **result, induct_error *error) {
    (void)call;
    (void)error;
    *result = &source;
    return INDUCT_OK;
}

static const induct_descriptor descriptor = {.struct_size = sizeof descriptor, .name = "lying"};
static const induct_descriptor *const descriptors[] = {&descriptor};
static const induct_source_factory factory = {
    .struct_size = sizeof factory, .descriptor_count = 1, .descriptors = descriptors, .create = create};

static const void *get_factory(const char *id) { return strcmp(id, INDUCT_SOURCE_FACTORY) == 0 ? &factory : NULL; }

static const induct_plugin plugin = {
    .struct_size = sizeof plugin, .abi_major = 1, .id = "org.example.lying", .version = "1.0.0",
    .get_factory = get_factory};

const induct_plugin *induct_plugin_entry_v1(const induct_host *host, induct_error *error) {
    (void)host;
    (void)error;
    return &plugin;
}
