/* SPDX-License-Identifier: Apache-2.0 */

/* Names the plugin that brings the process down. The handler uses async-signal-safe functions only. */

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "CHostThread.h"

static const int caught[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};
#define CAUGHT_COUNT (sizeof caught / sizeof caught[0])

static struct sigaction previous[CAUGHT_COUNT];
static int fault_exit_code;
static pthread_once_t catch_once = PTHREAD_ONCE_INIT;

const char *host_signal_name(int signal) {
    switch (signal) {
    case SIGSEGV: return "SIGSEGV";
    case SIGBUS: return "SIGBUS";
    case SIGFPE: return "SIGFPE";
    case SIGILL: return "SIGILL";
    case SIGABRT: return "SIGABRT";
    case SIGTRAP: return "SIGTRAP";
    case SIGKILL: return "SIGKILL";
    case SIGTERM: return "SIGTERM";
    case SIGPIPE: return "SIGPIPE";
    case SIGSYS: return "SIGSYS";
    case SIGXCPU: return "SIGXCPU";
    default: return "a signal";
    }
}

static size_t append(char *line, size_t used, size_t size, const char *text) {
    while (*text && used < size) line[used++] = *text++;
    return used;
}

static void tell(host_call call, const char *before, const char *how, const char *after) {
    char line[512];
    size_t used = append(line, 0, sizeof line - 1, before);
    used = append(line, used, sizeof line - 1, "the plugin ");
    used = append(line, used, sizeof line - 1, call.plugin);
    used = append(line, used, sizeof line - 1, how);
    used = append(line, used, sizeof line - 1, " in its call '");
    used = append(line, used, sizeof line - 1, call.name);
    used = append(line, used, sizeof line - 1, after);
    line[used++] = '\n';
    for (size_t written = 0; written < used;) {
        const ssize_t n = write(STDERR_FILENO, line + written, used - written);
        if (n <= 0) return;
        written += (size_t)n;
    }
}

static void report(host_call call, const char *how) {
    tell(call, "error: ", how, "'; the run cannot go on. Report it to the plugin's author.");
}

void host_call_tell(const char *before) {
    const host_call call = host_call_of_any_thread();
    if (call.plugin) tell(call, before, " was", "'");
}

static void handle(int signal, siginfo_t *info, void *context) {
    (void)info;
    (void)context;
    const host_call call = host_call_current();
    if (call.plugin) {
        char how[64] = " crashed with ";
        size_t used = strlen(how);
        used = append(how, used, sizeof how - 1, host_signal_name(signal));
        how[used] = 0;
        report(call, how);
        _exit(fault_exit_code);
    }
    /* Not a plugin's: what was there before decides when the instruction runs again or the signal is raised again. */
    for (size_t i = 0; i < CAUGHT_COUNT; i++) {
        if (caught[i] == signal) sigaction(signal, &previous[i], NULL);
    }
    if (signal == SIGABRT) raise(signal);
}

static void leave(void) {
    const host_call call = host_call_current();
    if (!call.plugin) return;
    report(call, " ended the process by calling exit()");
    _exit(fault_exit_code);
}

static void catch_all(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = handle;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < CAUGHT_COUNT; i++) sigaction(caught[i], &action, &previous[i]);
    atexit(leave);
}

void host_faults_catch(int exit_code) {
    if (fault_exit_code == 0) fault_exit_code = exit_code;
    pthread_once(&catch_once, catch_all);
}
