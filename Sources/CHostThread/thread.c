/* SPDX-License-Identifier: Apache-2.0 */

#define _GNU_SOURCE

#include "thread.h"

#include <dlfcn.h>
#include <fenv.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "CHostThread.h"

#define DEEPEST_CALL 16u
#define SIGNAL_STACK_SIZE 65536u

typedef struct thread_memory {
    void *scratch[DEEPEST_CALL];
    uint64_t scratch_size[DEEPEST_CALL];
    void *signal_stack;
} thread_memory;

static _Thread_local thread_memory *memory;
static pthread_key_t key;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;

static void free_memory(void *value) {
    thread_memory *mine = value;
    host_call_withdraw();
    if (mine->signal_stack) {
        const stack_t off = {.ss_flags = SS_DISABLE};
        sigaltstack(&off, NULL);
        free(mine->signal_stack);
    }
    for (uint32_t i = 0; i < DEEPEST_CALL; i++) free(mine->scratch[i]);
    free(mine);
    memory = NULL;
}

static void make_key(void) { pthread_key_create(&key, free_memory); }

static thread_memory *own_memory(void) {
    if (memory) return memory;
    thread_memory *mine = calloc(1, sizeof *mine);
    if (!mine) return NULL;
    pthread_once(&key_once, make_key);
    pthread_setspecific(key, mine);
    memory = mine;
    host_call_announce();
    return mine;
}

void host_thread_prepare(void) {
    if (memory) return;
    thread_memory *mine = own_memory();
    if (!mine) return;
    stack_t before;
    if (sigaltstack(NULL, &before) == 0 && !(before.ss_flags & SS_DISABLE)) return;
    mine->signal_stack = malloc(SIGNAL_STACK_SIZE);
    if (!mine->signal_stack) return;
    const stack_t stack = {.ss_sp = mine->signal_stack, .ss_size = SIGNAL_STACK_SIZE};
    if (sigaltstack(&stack, NULL) != 0) {
        free(mine->signal_stack);
        mine->signal_stack = NULL;
    }
}

void *host_scratch(uint64_t size) {
    thread_memory *mine = own_memory();
    const uint32_t depth = host_call_current().depth;
    if (!mine || depth >= DEEPEST_CALL || size > (uint64_t)1 << 46) return NULL;
    if (size <= mine->scratch_size[depth] && mine->scratch[depth]) return mine->scratch[depth];
    /* Grows by half at least, so that slowly rising wishes do not allocate each time. */
    const uint64_t grown = mine->scratch_size[depth] + mine->scratch_size[depth] / 2;
    const uint64_t wanted = ((size > grown ? size : grown) + 63) & ~(uint64_t)63;
    free(mine->scratch[depth]);
    mine->scratch[depth] = aligned_alloc(64, wanted ? wanted : 64);
    mine->scratch_size[depth] = mine->scratch[depth] ? wanted : 0;
    return mine->scratch[depth];
}

uint64_t host_heap_in_use(void) {
    /* Where a sanitizer keeps the heap, malloc's own count stays 0. */
    size_t (*in_use)(void);
    *(void **)&in_use = dlsym(RTLD_DEFAULT, "__sanitizer_get_current_allocated_bytes");
    if (in_use) return in_use();
    const struct mallinfo2 heap = mallinfo2();
    return (uint64_t)heap.uordblks + (uint64_t)heap.hblkhd;
}

int host_rounding(void) {
    const int mode = fegetround();
    return mode == FE_UPWARD ? 1 : mode == FE_TONEAREST ? 0 : -1;
}

void host_set_rounding(int upward) { fesetround(upward ? FE_UPWARD : FE_TONEAREST); }
