/* SPDX-License-Identifier: Apache-2.0 */

/* A plugin with a source `coin`, sound as it stands. A hostile plugin defines a macro or two and includes it:
 *
 *   IN_CONSTRUCTOR, IN_ENTRY, IN_CREATE, IN_FILL, IN_DESTROY   statements that run there
 *   INSTEAD_OF_FILL                                            runs in place of writing the samples
 *   any of the fields below                                    what a table says */

#include <induct/induct.h>

#include <stdlib.h>
#include <string.h>

#ifndef ID
#define ID "org.example.hostile"
#endif
#ifndef NAME
#define NAME "hostile-coin"
#endif
#ifndef SUMMARY
#define SUMMARY "a coin that means no good"
#endif
#ifndef CONFIG
#define CONFIG NULL
#endif
#ifndef MAJOR
#define MAJOR INDUCT_ABI_MAJOR
#endif
#ifndef PLUGIN_SIZE
#define PLUGIN_SIZE sizeof(induct_plugin)
#endif
#ifndef DESCRIPTOR_COUNT
#define DESCRIPTOR_COUNT 1
#endif
#ifndef SCHEMA_SIZE
#define SCHEMA_SIZE sizeof(induct_schema)
#endif
#ifndef TENSOR_COUNT
#define TENSOR_COUNT 1
#endif
#ifndef TENSOR_NAME
#define TENSOR_NAME "tokens"
#endif
#ifndef RANK
#define RANK 2
#endif
#ifndef SCHEMA
#define SCHEMA &table_schema
#endif
#ifndef VIEW
#define VIEW (index < 2 ? &views[index] : NULL)
#endif
#ifndef EXTENSION
#define EXTENSION NULL
#endif
#ifndef FACTORY
#define FACTORY (strcmp(id, INDUCT_SOURCE_FACTORY) == 0 ? &factory : NULL)
#endif
#ifndef GET_FACTORY
#define GET_FACTORY get_factory
#endif

#ifdef __cplusplus
#define LOCAL [[maybe_unused]] static
#else
#define LOCAL __attribute__((unused)) static
#endif

#ifdef IN_CONSTRUCTOR
__attribute__((constructor)) static void construct(void) { IN_CONSTRUCTOR; }
#endif

static const int64_t shape[2] = {INDUCT_DIMENSION_BATCH, INDUCT_DIMENSION_LENGTH};
static induct_tensor_schema tensor;
static const induct_tensor_schema *const tensors[1] = {&tensor};
static induct_schema table_schema;
LOCAL const induct_view views[2] = {{sizeof(induct_view), 0, "train", 0}, {sizeof(induct_view), 0, "test", 0}};

static void destroy(const induct_source *self) {
    (void)self;
#ifdef IN_DESTROY
    IN_DESTROY;
#endif
}

static const induct_schema *schema(const induct_source *self) {
    (void)self;
    return SCHEMA;
}

static const induct_view *view(const induct_source *self, uint32_t index) {
    (void)self;
    (void)index;
    return VIEW;
}

static induct_status fill(const induct_source *self, const induct_source_fill *call, induct_error *error) {
    (void)self;
    (void)error;
    if (!INDUCT_HAS(call, induct_source_fill, tensors)) return induct_fail(error, INDUCT_INVALID_ARGUMENT, "no tensors");
    int32_t *row = call->tensors[0] ? (int32_t *)call->tensors[0]->data : NULL;
    (void)row;
#ifdef IN_FILL
    IN_FILL;
#endif
#ifdef INSTEAD_OF_FILL
    INSTEAD_OF_FILL;
#else
    for (uint64_t sample = 0; row && sample < call->count; sample++, row += call->length)
        for (int64_t position = 0; position < call->length; position++)
            row[position] = (int32_t)(induct_random_word(call->seed, INDUCT_PURPOSE(call->view, 0), call->first + sample,
                                                         (uint64_t)position) >> 31);
#endif
    return INDUCT_OK;
}

static const void *get_extension(const induct_source *self, const char *id) {
    (void)self;
    (void)id;
    return EXTENSION;
}

static induct_source source;

static induct_status create(const induct_create *call, const induct_source **result, induct_error *error) {
    (void)call;
    (void)error;
#ifdef IN_CREATE
    IN_CREATE;
#endif
    tensor.struct_size = sizeof tensor;
    tensor.role = INDUCT_ROLE_INPUT;
    tensor.name = TENSOR_NAME;
    tensor.dtype.code = INDUCT_TYPE_INT;
    tensor.dtype.bits = 32;
    tensor.dtype.lanes = 1;
    tensor.rank = RANK;
    tensor.shape = shape;
    tensor.limit = 2;
    table_schema.struct_size = SCHEMA_SIZE;
    table_schema.task = INDUCT_TASK_NEXT_TOKEN;
    table_schema.tensor_count = TENSOR_COUNT;
    table_schema.tensors = tensors;
    table_schema.classes = 2;
    table_schema.positions = INDUCT_DIMENSION_LENGTH;
    source.struct_size = sizeof source;
    source.destroy = destroy;
    source.schema = schema;
    source.view = view;
    source.fill = fill;
    source.get_extension = get_extension;
    *result = &source;
    return INDUCT_OK;
}

static induct_descriptor descriptor;
static const induct_descriptor *const descriptors[1] = {&descriptor};
LOCAL induct_source_factory factory;
static induct_plugin plugin;

LOCAL const void *get_factory(const char *id) {
    (void)id;
    return FACTORY;
}

INDUCT_EXPORT const induct_plugin *induct_plugin_entry_v1(const induct_host *host, induct_error *error) {
    (void)host;
    (void)error;
#ifdef IN_ENTRY
    IN_ENTRY;
#endif
    descriptor.struct_size = sizeof descriptor;
    descriptor.name = NAME;
    descriptor.summary = SUMMARY;
    descriptor.config_schema = CONFIG;
    factory.struct_size = sizeof factory;
    factory.descriptor_count = DESCRIPTOR_COUNT;
    factory.descriptors = descriptors;
    factory.create = create;
    plugin.struct_size = PLUGIN_SIZE;
    plugin.abi_major = MAJOR;
    plugin.id = ID;
    plugin.version = "1.0.0";
    plugin.get_factory = GET_FACTORY;
    return &plugin;
}
