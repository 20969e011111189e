/* SPDX-License-Identifier: Apache-2.0 */

/* Purpose:  the services a host offers to a plugin.
 * Lifetime: the host's table outlives every plugin and instance; it may be kept.
 * Threads:  all slots are [thread-safe], `parallel_for` excepted: it is [run], called by the thread of the current call.
 * Version:  1.0, draft. Every slot is optional: a plugin works without it, or says why it cannot. */

#ifndef INDUCT_HOST_H
#define INDUCT_HOST_H

#include <induct/abi.h>

INDUCT_EXTERN_C_BEGIN

#define INDUCT_LOG_DEBUG 0
#define INDUCT_LOG_INFO 1
#define INDUCT_LOG_WARNING 2
#define INDUCT_LOG_ERROR 3

/* One chunk [first, first + count) of a parallel loop, done by `worker`. */
typedef void (*induct_chunk)(void *context, uint64_t first, uint64_t count, uint32_t worker);

struct induct_host {
    uint32_t struct_size;
    uint32_t abi_major;
    uint32_t abi_minor;
    uint32_t reserved;
    const char *name;
    const char *version;
    void *context; /* the host's own */
    /* [thread-safe] An extension of the host ("induct.host.kernels/1"), or NULL. */
    const void *(*get_extension)(const induct_host *host, const char *extension_id);
    /* [thread-safe] Writes one line to the log. */
    void (*log)(const induct_host *host, int32_t level, const char *message);
    /* [thread-safe] 1 when the user has asked to stop: return INDUCT_CANCELLED soon. */
    int32_t (*is_cancelled)(const induct_host *host);
    /* [thread-safe] Progress of a long setup, fraction in [0, 1]. */
    void (*progress)(const induct_host *host, double fraction, const char *message);
    /* [run] Runs `chunk` over [0, count) in pieces of `grain` (the last may be shorter). The pieces depend on count and
     * grain only, never on the number of threads. Returns when all are done. */
    void (*parallel_for)(const induct_host *host, uint64_t count, uint64_t grain, induct_chunk chunk, void *context);
    /* [run] At least `size` bytes, 64-byte aligned, contents undefined, valid until the current call returns. A second
     * request by the same thread within a call may move the first. NULL when there is no memory. */
    void *(*scratch)(const induct_host *host, uint64_t size);
};
INDUCT_ASSERT_SIZE(struct induct_host, 88);

INDUCT_EXTERN_C_END

#endif
