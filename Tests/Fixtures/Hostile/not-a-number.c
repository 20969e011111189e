/* SPDX-License-Identifier: Apache-2.0 */

/* An architecture whose every output is NaN. */

#include <induct/induct.h>

#include <math.h>
#include <string.h>

static int64_t classes;
static induct_architecture model;

static void destroy(const induct_architecture *self) { (void)self; }

static const induct_parameter *parameter(const induct_architecture *self, uint32_t index) {
    (void)self;
    (void)index;
    return NULL;
}

static uint64_t workspace_size(const induct_architecture *self, uint32_t mode, uint64_t count, int64_t length) {
    (void)self;
    (void)mode;
    (void)count;
    (void)length;
    return 0;
}

static induct_status forward(const induct_architecture *self, const induct_pass *pass, induct_error *error) {
    (void)self;
    (void)error;
    for (int64_t i = 0; i < (int64_t)pass->count * pass->length * classes; i++) pass->outputs[i] = NAN;
    return INDUCT_OK;
}

static induct_status create(const induct_create *call, const induct_architecture **result, induct_error *error) {
    if (!INDUCT_HAS(call, induct_create, schema) || call->schema->task != INDUCT_TASK_NEXT_TOKEN)
        return induct_fail(error, INDUCT_INVALID_ARGUMENT, "it takes text only");
    classes = call->schema->classes;
    model = (induct_architecture){
        .struct_size = sizeof model, .destroy = destroy, .parameter = parameter, .workspace_size = workspace_size,
        .forward = forward};
    *result = &model;
    return INDUCT_OK;
}

static const induct_descriptor descriptor = {.struct_size = sizeof descriptor, .name = "nothing"};
static const induct_descriptor *const descriptors[1] = {&descriptor};
static const induct_architecture_factory factory = {sizeof factory, 1, descriptors, create};

static const void *get_factory(const char *id) {
    return strcmp(id, INDUCT_ARCHITECTURE_FACTORY) == 0 ? &factory : NULL;
}

static const induct_plugin plugin = {
    .struct_size = sizeof plugin, .abi_major = INDUCT_ABI_MAJOR, .id = "org.example.hostile", .version = "1.0.0",
    .get_factory = get_factory};

INDUCT_EXPORT const induct_plugin *induct_plugin_entry_v1(const induct_host *host, induct_error *error) {
    (void)host;
    (void)error;
    return &plugin;
}
