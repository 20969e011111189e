/* SPDX-License-Identifier: Apache-2.0 */

/* Two toy sources of vectors, to be learned in context.
 *
 * `labelled-vectors`: items around class centres that belong to the task (config, seed), labels of all but the last item,
 * and the last one's class as the target; "component" says it again, for evaluators. Its view "test" has 512 samples. It
 * states how it draws them; compiled with -DLAW=FIELD=VALUE, something else in one field.
 * `linear-regression`: rows (x, w . x) with a w of each sample's own; the last row's answer is 0 and is the target. */

#include <induct/induct.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DRAW_CENTRES = 1, DRAW_CLASSES, DRAW_NOISE, DRAW_WEIGHTS, DRAW_ITEMS };

typedef struct vectors {
    induct_source source;
    induct_schema schema;
    induct_tensor_schema tensors[4];
    const induct_tensor_schema *list[4];
    int64_t inputs_shape[3], labels_shape[2], targets_shape[2], component_shape[1];
    int64_t classes, dimensions, items;
    double noise;
    induct_source_labelled_examples law;
    double class_probability[64];
} vectors;

static induct_status fail(induct_error *error, induct_status status, const char *message) {
    if (error) {
        error->status = status;
        snprintf(error->message, sizeof error->message, "%s", message);
    }
    return status;
}

/* Contexts do not depend on the query: relevant ones are those that happen to hold its class. */
static void state_law(vectors *mine) {
    double missing = 1;
    for (int64_t i = 0; i < mine->items - 1; i++) missing *= 1 - 1.0 / (double)mine->classes;
    for (int64_t i = 0; i < mine->classes; i++) mine->class_probability[i] = 1.0 / (double)mine->classes;
    mine->law = (induct_source_labelled_examples){
        .struct_size = sizeof mine->law, .classes = (uint32_t)mine->classes, .contexts = (uint32_t)mine->items - 1,
        .class_probability = mine->class_probability, .relevance = 1 - missing, .input_noise = mine->noise,
        .squared_norm = 36.0 * (double)mine->dimensions, .dimension = (uint64_t)mine->dimensions};
#ifdef LAW
    static const double heavy[3] = {0.5, 0.5, 0.5}, lone[3] = {1, 0, 0};
    static const double matches[15] = {0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0.5, 0.5};
    static const uint32_t beyond[3] = {0, 1, 3};
    (void)heavy, (void)lone, (void)matches, (void)beyond;
    mine->law.LAW;
#endif
}

static const void *get_extension(const induct_source *self, const char *id) {
    const vectors *mine = self->instance;
    const int is_labelled = mine->schema.task == INDUCT_TASK_CLASSIFICATION;
    return is_labelled && strcmp(id, INDUCT_SOURCE_LABELLED_EXAMPLES) == 0 ? &mine->law : NULL;
}

static double number(const char *config, const char *key) {
    char pattern[64];
    snprintf(pattern, sizeof pattern, "\"%s\":", key);
    const char *found = strstr(config, pattern);
    return found ? strtod(found + strlen(pattern), NULL) : 0;
}

/* Mean 0, variance 1: a sum of twelve uniforms. */
static float bell(uint64_t seed, uint32_t purpose, uint64_t index, uint64_t draw) {
    double sum = -6;
    for (uint64_t i = 0; i < 12; i++)
        sum += induct_uniform_float(induct_random_word(seed, purpose, index, 12 * draw + i));
    return (float)sum;
}

static void destroy(const induct_source *self) { free(self->instance); }

static const induct_schema *get_schema(const induct_source *self) { return &((const vectors *)self->instance)->schema; }

static const induct_view *view(const induct_source *self, uint32_t index) {
    static const induct_view views[] = {{.struct_size = sizeof(induct_view), .name = "train"},
                                        {.struct_size = sizeof(induct_view), .name = "test", .count = 512}};
    (void)self;
    return index < 2 ? &views[index] : NULL;
}

static induct_status fill_labelled(const induct_source *self, const induct_source_fill *call, induct_error *error) {
    const vectors *mine = self->instance;
    const int64_t items = mine->items, dimensions = mine->dimensions;
    (void)error;
    for (uint64_t i = 0; i < call->count; i++) {
        const uint64_t sample = call->first + i;
        for (int64_t item = 0; item < items; item++) {
            const uint32_t word =
                induct_random_word(call->seed, INDUCT_PURPOSE(call->view, DRAW_CLASSES), sample, (uint64_t)item);
            const uint32_t class = induct_random_below(word, (uint32_t)mine->classes);
            for (int64_t d = 0; call->tensors[0] && d < dimensions; d++) {
                const float centre =
                    bell(call->seed, INDUCT_PURPOSE(INDUCT_TASK_VIEW, DRAW_CENTRES), class, (uint64_t)d);
                const float noise = bell(call->seed, INDUCT_PURPOSE(call->view, DRAW_NOISE), sample,
                                         (uint64_t)(item * dimensions + d));
                ((float *)call->tensors[0]->data)[((int64_t)i * items + item) * dimensions + d] =
                    centre + (float)mine->noise * noise;
            }
            if (item < items - 1 && call->tensors[1])
                ((int32_t *)call->tensors[1]->data)[(int64_t)i * (items - 1) + item] = (int32_t)class;
            if (item == items - 1 && call->tensors[2]) ((int32_t *)call->tensors[2]->data)[i] = (int32_t)class;
            if (item == items - 1 && call->tensors[3]) ((int32_t *)call->tensors[3]->data)[i] = (int32_t)class;
        }
    }
    return INDUCT_OK;
}

static induct_status fill_regression(const induct_source *self, const induct_source_fill *call, induct_error *error) {
    const vectors *mine = self->instance;
    const int64_t items = mine->items, dimensions = mine->dimensions;
    (void)error;
    for (uint64_t i = 0; i < call->count; i++) {
        const uint64_t sample = call->first + i;
        for (int64_t item = 0; item < items; item++) {
            float answer = 0;
            for (int64_t d = 0; d < dimensions; d++) {
                const float w = bell(call->seed, INDUCT_PURPOSE(call->view, DRAW_WEIGHTS), sample, (uint64_t)d);
                const float x = bell(call->seed, INDUCT_PURPOSE(call->view, DRAW_ITEMS), sample,
                                     (uint64_t)(item * dimensions + d));
                answer += w * x;
                if (call->tensors[0])
                    ((float *)call->tensors[0]->data)[((int64_t)i * items + item) * (dimensions + 1) + d] = x;
            }
            if (call->tensors[0])
                ((float *)call->tensors[0]->data)[((int64_t)i * items + item) * (dimensions + 1) + dimensions] =
                    item < items - 1 ? answer : 0;
            if (item == items - 1 && call->tensors[1]) ((float *)call->tensors[1]->data)[i] = answer;
        }
    }
    return INDUCT_OK;
}

static induct_tensor_schema tensor(const char *name, uint32_t role, uint32_t code, int32_t rank, const int64_t *shape,
                                   int64_t limit) {
    return (induct_tensor_schema){.struct_size = sizeof(induct_tensor_schema), .role = role, .name = name,
                                  .dtype = {(uint8_t)code, 32, 1}, .rank = rank, .shape = shape, .limit = limit};
}

static induct_status create(const induct_create *call, const induct_source **source, induct_error *error) {
    const int is_regression = strcmp(call->name, "linear-regression") == 0;
    vectors *mine = calloc(1, sizeof *mine);
    if (!mine) return fail(error, INDUCT_RESOURCE_EXHAUSTED, "no memory for a source of vectors");
    mine->classes = (int64_t)number(call->config, "classes");
    mine->dimensions = (int64_t)number(call->config, "dimensions");
    mine->items = (int64_t)number(call->config, "items");
    mine->noise = number(call->config, "noise");
    mine->inputs_shape[0] = mine->labels_shape[0] = mine->targets_shape[0] = mine->component_shape[0] =
        INDUCT_DIMENSION_BATCH;
    mine->inputs_shape[1] = mine->items;
    mine->inputs_shape[2] = mine->dimensions + is_regression;
    mine->labels_shape[1] = mine->items - 1;
    mine->targets_shape[1] = 1;
    mine->tensors[0] = tensor("inputs", INDUCT_ROLE_INPUT, INDUCT_TYPE_FLOAT, 3, mine->inputs_shape, 0);
    if (is_regression) {
        mine->tensors[1] = tensor("targets", INDUCT_ROLE_TARGET, INDUCT_TYPE_FLOAT, 2, mine->targets_shape, 0);
    } else {
        mine->tensors[1] = tensor("labels", INDUCT_ROLE_INPUT, INDUCT_TYPE_INT, 2, mine->labels_shape, mine->classes);
        mine->tensors[2] = tensor("targets", INDUCT_ROLE_TARGET, INDUCT_TYPE_INT, 2, mine->targets_shape, mine->classes);
        mine->tensors[3] =
            tensor("component", INDUCT_ROLE_INFO, INDUCT_TYPE_INT, 1, mine->component_shape, mine->classes);
    }
    for (int i = 0; i < 4; i++) mine->list[i] = &mine->tensors[i];
    mine->schema = (induct_schema){
        .struct_size = sizeof(induct_schema), .task = is_regression ? INDUCT_TASK_REGRESSION : INDUCT_TASK_CLASSIFICATION,
        .tensor_count = is_regression ? 2 : 4, .tensors = mine->list, .classes = is_regression ? 0 : mine->classes,
        .outputs = is_regression, .positions = 1};
    mine->source = (induct_source){
        .struct_size = sizeof(induct_source), .instance = mine, .destroy = destroy, .schema = get_schema, .view = view,
        .fill = is_regression ? fill_regression : fill_labelled, .get_extension = get_extension};
    state_law(mine);
    *source = &mine->source;
    return INDUCT_OK;
}

#define SIZES \
    "\"dimensions\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":64,\"default\":3}," \
    "\"items\":{\"type\":\"integer\",\"minimum\":2,\"maximum\":64,\"default\":5}"

static const induct_descriptor labelled = {
    .struct_size = sizeof labelled, .name = "labelled-vectors", .summary = "vectors around class centres, with labels",
    .config_schema = "{\"parameters\":{\"classes\":{\"type\":\"integer\",\"minimum\":2,\"maximum\":64,\"default\":3}," SIZES
                     ",\"noise\":{\"type\":\"number\",\"minimum\":0,\"default\":0.1}}}"};
static const induct_descriptor regression = {
    .struct_size = sizeof regression, .name = "linear-regression", .summary = "linear maps shown by examples",
    .config_schema = "{\"parameters\":{" SIZES "}}"};
static const induct_descriptor *const descriptors[] = {&labelled, &regression};
static const induct_source_factory factory = {
    .struct_size = sizeof factory, .descriptor_count = 2, .descriptors = descriptors, .create = create};

static const void *get_factory(const char *id) { return strcmp(id, INDUCT_SOURCE_FACTORY) == 0 ? &factory : NULL; }

static const induct_plugin plugin = {
    .struct_size = sizeof plugin, .abi_major = INDUCT_ABI_MAJOR, .abi_minor = INDUCT_ABI_MINOR,
    .id = "org.example.vectors", .version = "1.0.0", .summary = "toy vectors", .get_factory = get_factory};

const induct_plugin *induct_plugin_entry_v1(const induct_host *host, induct_error *error) {
    (void)host;
    (void)error;
    return &plugin;
}
