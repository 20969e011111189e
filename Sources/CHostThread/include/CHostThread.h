/* SPDX-License-Identifier: Apache-2.0 */

/* What the host keeps for each thread: the plugin's call it is in, and scratch memory for it. */

#ifndef CHOST_THREAD_H
#define CHOST_THREAD_H

#include <stddef.h>
#include <stdint.h>

/* The plugin's call that a thread is in; both NULL outside of any. */
typedef struct host_call {
    const char *plugin; /* "org.example.coins/biased-coin" */
    const char *name;   /* "fill" */
    uint32_t depth;     /* calls within calls: a parent's child, ... */
    uint32_t reserved;
} host_call;

/* Marks the beginning of a call; both strings must outlive it. Returns the call around it, for host_call_leave. */
host_call host_call_enter(const char *plugin, const char *name);
void host_call_leave(host_call outer);
host_call host_call_current(void);

/* The call that this thread is in, or else one that any other is in. For signal handlers. */
host_call host_call_of_any_thread(void);

/* For signal handlers: where a plugin is being called, writes one line to standard error, `before`, plugin and call. */
void host_call_tell(const char *before);

/* At least `size` bytes for the current call, 64-byte aligned, valid until it returns or asks again. Calls within calls
 * have memory of their own. NULL when there is none. */
void *host_scratch(uint64_t size);

/* From now on a fatal signal, or exit(), within a call writes one line with plugin, call and signal to standard error and
 * ends the process with `exit_code`. Outside of calls the handlers from before are used. Only the first use counts. */
void host_faults_catch(int exit_code);

/* The working directory of this moment is the host's: host_directory_restore goes back to it, wherever a plugin's code went.
 * Without host_directory_keep before it does nothing. Only the first use of host_directory_keep counts. */
void host_directory_keep(void);
void host_directory_restore(void);

/* Bytes that malloc has given out in this process and not got back. */
uint64_t host_heap_in_use(void);

/* The thread's rounding mode: 1 = upward, 0 = to nearest, -1 = another. */
int host_rounding(void);

/* Rounds upward from now on, or, with 0, to nearest. */
void host_set_rounding(int upward);

/* The name of a signal, "SIGSEGV", or "signal". */
const char *host_signal_name(int signal);

#endif
