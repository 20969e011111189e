/* SPDX-License-Identifier: Apache-2.0 */

#include <stdatomic.h>
#include <stdlib.h>

#include "CHostThread.h"
#include "thread.h"

static _Thread_local host_call current;

/* Where the threads' calls are noted, for whoever looks at all of them. A place outlives its thread and is taken by a
 * later one. */
typedef struct call_place {
    _Atomic(const host_call *) call; /* NULL: free */
    struct call_place *next;
} call_place;

static _Atomic(call_place *) places;
static _Thread_local call_place *own;

void host_call_announce(void) {
    for (call_place *place = places; place && !own; place = place->next) {
        const host_call *none = NULL;
        if (atomic_compare_exchange_strong(&place->call, &none, &current)) own = place;
    }
    if (own) return;
    call_place *place = calloc(1, sizeof *place);
    if (!place) return;
    place->call = &current;
    place->next = places;
    while (!atomic_compare_exchange_weak(&places, &place->next, place)) {}
    own = place;
}

void host_call_withdraw(void) {
    if (own) own->call = NULL;
    own = NULL;
}

host_call host_call_of_any_thread(void) {
    if (current.plugin) return current;
    for (const call_place *place = places; place; place = place->next) {
        const host_call *call = place->call;
        if (call && call->plugin) return *call;
    }
    return (host_call){0};
}

host_call host_call_enter(const char *plugin, const char *name) {
    const host_call outer = current;
    if (outer.depth == 0) host_thread_prepare();
    current.plugin = plugin;
    current.name = name;
    current.depth = outer.depth + 1;
    return outer;
}

void host_call_leave(host_call outer) { current = outer; }

host_call host_call_current(void) { return current; }
