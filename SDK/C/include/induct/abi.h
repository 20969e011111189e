/* SPDX-License-Identifier: Apache-2.0 */

/* Purpose:  the entry point of a plugin, status codes, errors, descriptors and the call that creates an instance.
 * Lifetime: a plugin's tables and strings live as long as the process: a library is opened once and never closed.
 * Threads:  every function carries a tag. [load] once, while the library is loaded. [setup] by one thread at a time for
 *           one instance. [run] as the instance's concurrency allows. [thread-safe] by any thread at any time.
 * Version:  1.0, draft. Within version 1 structs only grow at their end; see `struct_size`.
 *
 * Growth. Every struct whose first field is `struct_size` may grow. Whoever allocates it sets `struct_size` to the size
 * it knows. A reader copies min(theirs, mine) bytes into a zeroed local; a writer fills at most the allocator's size.
 * Zero is always the default. A function slot exists when the size covers it and it is not NULL. Structs that can grow
 * are passed by pointer and collected in arrays of pointers, so that their size may differ on the two sides.
 *
 * Manners. A call leaves the calling thread's rounding mode and errno as it found them, whatever becomes of the call.
 *
 * Strings are UTF-8, end with a NUL, and are at most INDUCT_MAX_STRING bytes long (configuration and schemas:
 * INDUCT_MAX_DOCUMENT). */

#ifndef INDUCT_ABI_H
#define INDUCT_ABI_H

#include <stddef.h>
#include <stdint.h>

#define INDUCT_ABI_MAJOR 1u
#define INDUCT_ABI_MINOR 0u

#define INDUCT_MAX_STRING 4096u
#define INDUCT_MAX_DOCUMENT 1048576u

#if defined(__cplusplus)
#define INDUCT_EXTERN_C_BEGIN extern "C" {
#define INDUCT_EXTERN_C_END }
#define INDUCT_STATIC_ASSERT(condition, message) static_assert(condition, message)
#define INDUCT_EXPORT extern "C" __attribute__((visibility("default")))
#else
#define INDUCT_EXTERN_C_BEGIN
#define INDUCT_EXTERN_C_END
#define INDUCT_STATIC_ASSERT(condition, message) _Static_assert(condition, message)
#define INDUCT_EXPORT __attribute__((visibility("default")))
#endif

/* Holds the layout of a struct on every platform that ABI version 1 runs on (64-bit pointers, little endian). */
#define INDUCT_ASSERT_SIZE(type, bytes) INDUCT_STATIC_ASSERT(sizeof(type) == (bytes), #type " has changed its size")
#define INDUCT_ASSERT_OFFSET(type, field, bytes) \
    INDUCT_STATIC_ASSERT(offsetof(type, field) == (bytes), #type "." #field " has moved")

/* True when `field` lies within the size that the allocator of `*pointer` knew. */
#define INDUCT_HAS(pointer, type, field) \
    ((pointer)->struct_size >= offsetof(type, field) + sizeof((pointer)->field))

INDUCT_STATIC_ASSERT(sizeof(void *) == 8, "ABI version 1 is for 64-bit platforms");

INDUCT_EXTERN_C_BEGIN

/* Status codes; the numbers are those of gRPC and Abseil. */
typedef int32_t induct_status;
#define INDUCT_OK 0
#define INDUCT_CANCELLED 1
#define INDUCT_UNKNOWN 2
#define INDUCT_INVALID_ARGUMENT 3
#define INDUCT_NOT_FOUND 5
#define INDUCT_RESOURCE_EXHAUSTED 8
#define INDUCT_FAILED_PRECONDITION 9
#define INDUCT_OUT_OF_RANGE 11
#define INDUCT_UNIMPLEMENTED 12
#define INDUCT_INTERNAL 13
#define INDUCT_UNAVAILABLE 14
#define INDUCT_DATA_LOSS 15

/* Where a failing call says why. Owned by the caller; every call takes it nullable.
 * A good message says what is wrong, where, and what to do. */
typedef struct induct_error {
    uint32_t struct_size;
    induct_status status;
    char message[1016]; /* ends with a NUL; empty when there is nothing to say */
} induct_error;
INDUCT_ASSERT_SIZE(induct_error, 1024);
INDUCT_ASSERT_OFFSET(induct_error, message, 8);

/* Writes status and message into the caller's error, as far as its size goes, and gives the status back. */
static inline induct_status induct_fail(induct_error *error, induct_status status, const char *message) {
    if (!error || error->struct_size <= offsetof(induct_error, message)) return status;
    size_t room = (error->struct_size < sizeof *error ? error->struct_size : sizeof *error);
    room -= offsetof(induct_error, message) + 1;
    size_t length = 0;
    for (; length < room && message[length]; length++) error->message[length] = message[length];
    error->message[length] = 0;
    error->status = status;
    return status;
}

typedef struct induct_host induct_host;     /* host.h */
typedef struct induct_schema induct_schema; /* schema.h */

/* The kinds of plugin parts. */
#define INDUCT_KIND_SOURCE 1u
#define INDUCT_KIND_ARCHITECTURE 2u
#define INDUCT_KIND_GATE 3u
#define INDUCT_KIND_EVALUATOR 4u

/* How calls of one instance may overlap. */
#define INDUCT_CONCURRENCY_PARALLEL 0u        /* any threads at once, each with its own slot */
#define INDUCT_CONCURRENCY_SERIAL_INSTANCE 1u /* one call at a time per instance; instances run side by side */
#define INDUCT_CONCURRENCY_SERIAL_LIBRARY 2u  /* one call at a time in the whole library */

/* One thing a factory can create. */
typedef struct induct_descriptor {
    uint32_t struct_size;
    uint32_t concurrency; /* INDUCT_CONCURRENCY_... */
    const char *name;     /* kebab-case, unique within plugin and kind: "golden-mean" */
    const char *summary;  /* one line */
    /* JSON, the parameters that `create` accepts. The host checks a spec against it, fills in the defaults, and hands
     * over the complete object, so that `create` sees every parameter with its declared type:
     *   {"parameters": {"p": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.5, "summary": "P(0)"}, ...},
     *    "children": {"kind": "source", "minimum": 1, "maximum": 8},
     *    "examples": ["golden-mean(p=0.5)"]}
     * type: number, integer, boolean, string, array (with "items": a parameter without name), or source, architecture,
     * gate, evaluator for a child given by key. Limits: minimum, maximum, exclusive_minimum, exclusive_maximum,
     * minimum_items, maximum_items, values (the strings allowed). A parameter without "default" must be given, unless
     * it is "optional": true: then it is absent from the object when not given. NULL: no parameters, no children. */
    const char *config_schema;
} induct_descriptor;
INDUCT_ASSERT_SIZE(induct_descriptor, 32);

/* A child of the instance being created: a host-owned proxy, borrowed until the parent's `destroy`, which comes
 * before the child's. */
typedef struct induct_child {
    uint32_t struct_size;
    uint32_t kind;   /* INDUCT_KIND_... */
    const char *key; /* empty for positional children, in order */
    const char *spec; /* how the user wrote it, for messages */
    const void *handle; /* const induct_source * and so on, by kind */
} induct_child;
INDUCT_ASSERT_SIZE(induct_child, 32);

/* What `create` is given. Everything here is borrowed for the call, except `host` and the children's handles. */
typedef struct induct_create {
    uint32_t struct_size;
    uint32_t child_count;
    const induct_host *host;
    const char *name;   /* which descriptor */
    const char *config; /* JSON object, complete and checked against the descriptor's config_schema */
    const struct induct_child *const *children;
    const induct_schema *schema; /* what the source delivers, `length` bound to a constant; NULL for sources */
    int64_t length;              /* items of the longest input, for architectures, gates and evaluators */
    uint64_t expert_count;       /* gates: the number of experts K, else 0 */
} induct_create;
INDUCT_ASSERT_SIZE(induct_create, 64);

/* What the entry returns. */
typedef struct induct_plugin {
    uint32_t struct_size;
    uint32_t abi_major;
    uint32_t abi_minor; /* the newest minor version this plugin was written for */
    uint32_t reserved;
    const char *id;      /* reverse domain name, unique: "org.example.my-sources" */
    const char *version; /* semantic version */
    const char *summary; /* one line */
    /* [thread-safe] The factory with this id ("induct.source/1", ...), or NULL if there is none. */
    const void *(*get_factory)(const char *factory_id);
} induct_plugin;
INDUCT_ASSERT_SIZE(induct_plugin, 48);

/* The one exported symbol. The major version is part of its name. */
#define INDUCT_PLUGIN_ENTRY "induct_plugin_entry_v1"

/* [load] Returns the plugin's table, or NULL with *error filled in. Fast, idempotent, no input or output, no threads. */
INDUCT_EXPORT const induct_plugin *induct_plugin_entry_v1(const induct_host *host, induct_error *error);

INDUCT_EXTERN_C_END

#endif
