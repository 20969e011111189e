/* SPDX-License-Identifier: Apache-2.0 */

#define _GNU_SOURCE

#include "CWorker.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int worker_memory(uint64_t size) {
    const int descriptor = memfd_create("induct", MFD_CLOEXEC);
    if (descriptor < 0) return -1;
    if (ftruncate(descriptor, (off_t)size) != 0) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}

void *worker_map(int descriptor, uint64_t size, int writable) {
    void *base = mmap(NULL, size, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, descriptor, 0);
    if (base == MAP_FAILED) return NULL;
    madvise(base, size, MADV_HUGEPAGE);
    return base;
}

void worker_discard(int descriptor, uint64_t offset, uint64_t size) {
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    const uint64_t first = (offset + page - 1) / page * page;
    const uint64_t end = (offset + size) / page * page;
    if (end <= first) return;
    fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)first, (off_t)(end - first));
}

int worker_channel(int ends[2]) { return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends); }

void worker_set_patience(int channel, int milliseconds) {
    const struct timeval time = {.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000};
    setsockopt(channel, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
}

int worker_send(int channel, const void *bytes, uint64_t size, int passed) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    const char *next = bytes;
    while (size > 0) {
        struct iovec piece = {.iov_base = (void *)next, .iov_len = size};
        struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
        if (passed >= 0) {
            memset(&control, 0, sizeof control);
            message.msg_control = &control;
            message.msg_controllen = sizeof control.bytes;
            struct cmsghdr *header = CMSG_FIRSTHDR(&message);
            header->cmsg_level = SOL_SOCKET;
            header->cmsg_type = SCM_RIGHTS;
            header->cmsg_len = CMSG_LEN(sizeof passed);
            memcpy(CMSG_DATA(header), &passed, sizeof passed);
        }
        const ssize_t sent = sendmsg(channel, &message, MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno == EINTR) continue;
            return -1;
        }
        passed = -1;
        next += sent;
        size -= (uint64_t)sent;
    }
    return 0;
}

static void take(struct msghdr *message, int *passed) {
    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header; header = CMSG_NXTHDR(message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        const size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(header) + i * sizeof descriptor, sizeof descriptor);
            if (passed && *passed < 0) {
                *passed = descriptor;
            } else {
                close(descriptor);
            }
        }
    }
}

/* Binds the calling thread to one processor; 0 with what it was allowed before, or -1. */
static int bind_to(int processor, cpu_set_t *allowed) {
    cpu_set_t one;
    if (processor < 0 || processor >= CPU_SETSIZE) return -1;
    if (sched_getaffinity(0, sizeof *allowed, allowed) != 0) return -1;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    return sched_setaffinity(0, sizeof one, &one);
}

int worker_processor(void) { return sched_getcpu(); }

void worker_move(int processor) {
    cpu_set_t allowed;
    if (processor == sched_getcpu() || bind_to(processor, &allowed) != 0) return;
    sched_setaffinity(0, sizeof allowed, &allowed);
}

/* recvmsg, after which the thread goes on where it went to sleep. Left to itself the system wakes it on any processor that
 * idles at that moment, and two sides that answer each other keep moving away from their caches. */
static ssize_t receive_in_place(int channel, struct msghdr *message) {
    cpu_set_t allowed;
    const ssize_t got = recvmsg(channel, message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) return got;
    const int is_bound = bind_to(sched_getcpu(), &allowed) == 0;
    const ssize_t awaited = recvmsg(channel, message, MSG_CMSG_CLOEXEC);
    const int reason = errno;
    if (is_bound) sched_setaffinity(0, sizeof allowed, &allowed);
    errno = reason;
    return awaited;
}

int worker_receive(int channel, void *bytes, uint64_t size, uint64_t *done, int *passed) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(4 * sizeof(int))];
    } control;
    while (*done < size) {
        struct iovec piece = {.iov_base = (char *)bytes + *done, .iov_len = size - *done};
        struct msghdr message = {
            .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.bytes};
        const ssize_t got = receive_in_place(channel, &message);
        if (got < 0) {
            if (errno == EINTR) continue;
            if (errno == EAGAIN || errno == EWOULDBLOCK) return WORKER_NOTHING_YET;
            return errno == ECONNRESET ? WORKER_CLOSED : WORKER_FAILED;
        }
        if (got == 0) return WORKER_CLOSED;
        if (message.msg_controllen > 0) take(&message, passed);
        *done += (uint64_t)got;
    }
    return WORKER_RECEIVED;
}

int worker_spawn(const char *executable, char *const arguments[], char *const environment[], int channel, int *child) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, channel, 3);
    posix_spawn_file_actions_addclosefrom_np(&actions, 4);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    pid_t pid = 0;
    const int status = posix_spawnp(&pid, executable, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    *child = pid;
    return status;
}

void worker_die_with_parent(void) {
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}
