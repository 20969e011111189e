/* SPDX-License-Identifier: Apache-2.0 */

/* A plugin with a source `dot` that gives zeros, or, by its macros, one that is malformed in one way. */

#include <induct/induct.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef ID
#define ID "org.example.dot"
#endif
#ifndef VERSION
#define VERSION "1.0.0"
#endif
#ifndef MAJOR
#define MAJOR INDUCT_ABI_MAJOR
#endif
#ifndef MINOR
#define MINOR INDUCT_ABI_MINOR
#endif
#ifndef NAME
#define NAME "dot"
#endif
#ifndef CONFIG
#define CONFIG NULL
#endif
#ifndef CONCURRENCY
#define CONCURRENCY 0
#endif
#ifndef PLUGIN_SIZE
#define PLUGIN_SIZE sizeof(induct_plugin)
#endif
#ifndef FACTORY_SIZE
#define FACTORY_SIZE sizeof(induct_source_factory)
#endif
#ifndef DESCRIPTOR_SIZE
#define DESCRIPTOR_SIZE sizeof(induct_descriptor)
#endif
#ifndef DESCRIPTOR_COUNT
#define DESCRIPTOR_COUNT 1
#endif
#ifndef SOURCE_SIZE
#define SOURCE_SIZE sizeof(induct_source)
#endif
#ifndef CREATE
#define CREATE create
#endif
#ifndef GET_FACTORY
#define GET_FACTORY get_factory
#endif
#ifndef DESTROY
#define DESTROY destroy
#endif
#ifndef SCHEMA
#define SCHEMA get_schema
#endif
#ifndef VIEW
#define VIEW view
#endif
#ifndef FILL
#define FILL fill
#endif
#ifndef CREATED
#define CREATED &source
#endif

#ifdef IN_CONSTRUCTOR
__attribute__((constructor)) static void construct(void) { IN_CONSTRUCTOR; }
#endif

#ifdef UNDEFINED
int nobody_defines_this(void);
int (*unresolved)(void) = nobody_defines_this;
#endif

/* A table whose size may be more than this compiler's, with zeros or nonsense behind. */
typedef struct long_source {
    induct_source source;
    unsigned char beyond[64];
} long_source;

static const int64_t shape[] = {INDUCT_DIMENSION_BATCH, INDUCT_DIMENSION_LENGTH};
static const induct_tensor_schema tensor = {
    .struct_size = sizeof tensor, .role = INDUCT_ROLE_INPUT, .name = "tokens", .dtype = {INDUCT_TYPE_INT, 32, 1},
    .rank = 2, .shape = shape, .limit = 1};
static const induct_tensor_schema *const tensors[] = {&tensor};
static const induct_schema schema = {.struct_size = sizeof schema, .task = INDUCT_TASK_NEXT_TOKEN, .tensor_count = 1,
                                     .tensors = tensors, .classes = 1, .positions = INDUCT_DIMENSION_LENGTH};
static const induct_view views[] = {{.struct_size = sizeof(induct_view), .name = "train"},
                                    {.struct_size = sizeof(induct_view), .name = "test"}};

__attribute__((unused)) static void destroy(const induct_source *self) { (void)self; }

__attribute__((unused)) static const induct_schema *get_schema(const induct_source *self) {
    (void)self;
    return &schema;
}

__attribute__((unused)) static const induct_view *view(const induct_source *self, uint32_t index) {
    (void)self;
    return index < 2 ? &views[index] : NULL;
}

__attribute__((unused)) static induct_status fill(const induct_source *self, const induct_source_fill *call,
                                                  induct_error *error) {
    (void)self;
    (void)error;
#ifdef IN_FILL
    IN_FILL;
#endif
    if (call->tensors[0])
        memset(call->tensors[0]->data, 0, call->count * (uint64_t)call->length * sizeof(int32_t));
    return INDUCT_OK;
}

__attribute__((unused)) static const long_source source = {
    .source = {.struct_size = SOURCE_SIZE, .destroy = DESTROY, .schema = SCHEMA, .view = VIEW, .fill = FILL},
#ifdef NONSENSE
    .beyond = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
#endif
};

__attribute__((unused)) static induct_status create(const induct_create *call, const induct_source **result,
                                                    induct_error *error) {
    (void)call;
    (void)error;
#ifdef IN_CREATE
    IN_CREATE;
#endif
    *result = (const induct_source *)(CREATED);
    return INDUCT_OK;
}

static const induct_descriptor descriptor = {
    .struct_size = DESCRIPTOR_SIZE, .concurrency = CONCURRENCY, .name = NAME, .config_schema = CONFIG};
static const induct_descriptor *const descriptors[] = {&descriptor, &descriptor};
static const induct_source_factory factory = {
    .struct_size = FACTORY_SIZE, .descriptor_count = DESCRIPTOR_COUNT, .descriptors = descriptors, .create = CREATE};

__attribute__((unused)) static const void *get_factory(const char *id) {
#ifdef NO_FACTORY
    (void)id;
    return NULL;
#else
    return strcmp(id, INDUCT_SOURCE_FACTORY) == 0 ? &factory : NULL;
#endif
}

static const induct_plugin plugin = {.struct_size = PLUGIN_SIZE, .abi_major = MAJOR, .abi_minor = MINOR, .id = ID,
                                     .version = VERSION, .get_factory = GET_FACTORY};

#ifndef ENTRY
#define ENTRY induct_plugin_entry_v1
#else
INDUCT_EXPORT const induct_plugin *ENTRY(const induct_host *host, induct_error *error);
#endif

const induct_plugin *ENTRY(const induct_host *host, induct_error *error) {
    (void)host;
    (void)error;
#ifdef IN_ENTRY
    IN_ENTRY;
#endif
#ifdef REFUSES
    snprintf(error->message, sizeof error->message, "%s", REFUSES);
    return NULL;
#else
    return &plugin;
#endif
}
