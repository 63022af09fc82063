// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Rules:
// 1. The handler takes the signal of a thread for its own only at an address within this thread's mapping. Every other one goes to
//    whoever had SIGBUS before: the instruction is repeated under their handler, or under none, so that a report of a crash is
//    the one that there would have been.
// 2. Whether the handler is there is asked before each mapping, which takes a thousandth of the time that a mapping saves: others may
//    have set their own since, for example after a fork.
// 3. The handler calls sigaction and mmap and touches memory of the thread that is always there, all of which is allowed within a
//    signal handler on Linux (mmap is one system call).

#define _GNU_SOURCE
#include "CMappedFiles.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>

// In the thread's own block, which needs no allocation on the first use in a handler, unless this is a library that is loaded late.
static _Thread_local struct {
    char *start;
    size_t count;
    volatile bool is_torn;
} mapping;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct sigaction before;

static void on_bus_error(int signal, siginfo_t *info, void *context) {
    (void)context;
    const char *address = info->si_addr;
    if (mapping.start && mapping.start <= address && address < mapping.start + mapping.count) {
        const int error = errno;
        void *zeros =
            mmap(mapping.start, mapping.count, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        errno = error;
        if (zeros != MAP_FAILED) {
            mapping.is_torn = true;
            return;
        }
    }
    // Rule 1. What somebody has sent is not repeated by itself; it waits until this handler has returned.
    sigaction(SIGBUS, &before, NULL);
    if (info->si_code <= 0) raise(signal);
}

static bool is_ours(const struct sigaction *action) {
    return (action->sa_flags & SA_SIGINFO) && action->sa_sigaction == on_bus_error;
}

/// Rule 2.
static bool is_handled(void) {
    struct sigaction now;
    if (sigaction(SIGBUS, NULL, &now)) return false;
    if (is_ours(&now)) return true;
    struct sigaction ours;
    memset(&ours, 0, sizeof ours);
    ours.sa_sigaction = on_bus_error;
    ours.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&ours.sa_mask);
    // Two threads may both have found another handler; the second one must not take ours for that one.
    pthread_mutex_lock(&lock);
    struct sigaction replaced;
    bool is_set = sigaction(SIGBUS, &ours, &replaced) == 0;
    if (is_set && !is_ours(&replaced)) before = replaced;
    pthread_mutex_unlock(&lock);
    return is_set;
}

/// Whether the byte can be read without waiting for a disk, as far as the file system says.
static bool is_in_memory(int descriptor, uint64_t offset) {
#ifdef RWF_NOWAIT
    char byte;
    const struct iovec vector = {&byte, 1};
    return preadv2(descriptor, &vector, 1, (off_t)offset, RWF_NOWAIT) >= 0 || errno != EAGAIN;
#else
    (void)descriptor, (void)offset;
    return true;
#endif
}

const void *mf_map(int descriptor, uint64_t offset, size_t count) {
    if (!is_in_memory(descriptor, offset) || !is_in_memory(descriptor, offset + count - 1)) {
        errno = EAGAIN;
        return NULL;
    }
    if (!is_handled()) return NULL;
    void *start = mmap(NULL, count, PROT_READ, MAP_SHARED, descriptor, (off_t)offset);
    if (start == MAP_FAILED) return NULL;
    mapping.start = start;
    mapping.count = count;
    mapping.is_torn = false;
    return start;
}

bool mf_unmap(void) {
    const bool is_whole = !mapping.is_torn;
    // Before the addresses can be somebody else's: a signal there is not ours any more.
    char *start = mapping.start;
    mapping.start = NULL;
    munmap(start, mapping.count);
    return is_whole;
}
