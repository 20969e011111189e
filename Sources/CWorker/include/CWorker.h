/* SPDX-License-Identifier: Apache-2.0 */

/* What the host and its workers need of the system that Swift cannot say: descriptors sent over sockets, memory without a
 * name, and death with the parent. */

#ifndef CWORKER_H
#define CWORKER_H

#include <stdint.h>

/* A descriptor of `size` bytes of zeroed memory that another process can map; -1 when there is none. */
int worker_memory(uint64_t size);

/* Maps `size` bytes of such a descriptor, for reading alone or for writing too; NULL when that fails. Asks for large
 * pages. */
void *worker_map(int descriptor, uint64_t size, int writable);

/* Gives the pages that lie wholly within [offset, offset + size) back to the system; they are zero from now on. */
void worker_discard(int descriptor, uint64_t offset, uint64_t size);

/* Two connected stream sockets, closed on exec. 0, or -1. */
int worker_channel(int ends[2]);

/* From now on receiving gives up after this many milliseconds. */
void worker_set_patience(int channel, int milliseconds);

/* Sends everything; with `passed` >= 0 that descriptor along with the first byte. 0, or -1 when the channel is closed. */
int worker_send(int channel, const void *bytes, uint64_t size, int passed);

#define WORKER_RECEIVED 1
#define WORKER_CLOSED 0
#define WORKER_FAILED (-1)
#define WORKER_NOTHING_YET (-2)

/* Receives until `*done` is `size`, and goes on on the processor on which it waited; WORKER_NOTHING_YET when patience
 * ended first: call again with the same `*done`. A descriptor that came along is put into `*passed`, if that is not NULL,
 * else closed. */
int worker_receive(int channel, void *bytes, uint64_t size, uint64_t *done, int *passed);

/* The processor that runs this; -1 when that cannot be known. */
int worker_processor(void);

/* Goes on on this processor, if the thread may run there; the system is free to move it again. */
void worker_move(int processor);

/* Starts a program in a process group of its own with `channel` as its descriptor 3, no input, its standard output joined
 * to standard error, no other descriptor, and signals as at a program's start. 0 and *child, or the error number. */
int worker_spawn(const char *executable, char *const arguments[], char *const environment[], int channel, int *child);

/* From now on this process is killed when its parent dies, and leaves no core. */
void worker_die_with_parent(void);

#endif
