/* SPDX-License-Identifier: Apache-2.0 */

#include "CHostThread.h"
#include "thread.h"

static _Thread_local host_call current;

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
