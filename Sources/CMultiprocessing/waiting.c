// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Sleeping on a word of memory, and knowing whether who owns one still lives.

#define _GNU_SOURCE
#include "CMultiprocessing.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif

// MARK: Futex
// Never the PRIVATE forms: the same words are slept on by several processes.

static struct timespec *deadline_of(int64_t nanoseconds, struct timespec *time) {
    if (nanoseconds < 0) return NULL;
    time->tv_sec = nanoseconds / 1000000000;
    time->tv_nsec = nanoseconds % 1000000000;
    return time;
}

int mp_futex_wait(const uint32_t *word, uint32_t expected, int64_t deadline) {
    struct timespec time;
    // The bitset form takes an absolute time of the monotonic clock.
    long result = syscall(SYS_futex, word, FUTEX_WAIT_BITSET, expected, deadline_of(deadline, &time), NULL,
                          FUTEX_BITSET_MATCH_ANY);
    return result == 0 ? 0 : -errno;
}

int mp_futex_wake(const uint32_t *word, int count) {
    long woken = syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0);
    return woken < 0 ? -errno : (int)woken;
}

struct kernel_waitv {
    uint64_t value, address;
    uint32_t flags, reserved;
};

int mp_futex_wait_any(const struct mp_watched_word *words, int count, int64_t deadline) {
    struct kernel_waitv waiters[MP_MOST_WATCHED_WORDS];
    if (count > MP_MOST_WATCHED_WORDS) return -EINVAL;
    for (int i = 0; i < count; i++)
        waiters[i] = (struct kernel_waitv){words[i].expected, (uintptr_t)words[i].word, 2 /* 32 bits, shared */, 0};
    struct timespec time;
    long index = syscall(SYS_futex_waitv, waiters, count, 0, deadline_of(deadline, &time), CLOCK_MONOTONIC);
    return index < 0 ? -errno : (int)index;
}

int mp_spin_while(const uint64_t *word, uint64_t expected, int turns) {
    for (int turn = 0; turn < turns; turn++) {
        if (__atomic_load_n(word, __ATOMIC_ACQUIRE) != expected) return 1;
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        __asm__ volatile("isb" ::: "memory");
#endif
    }
    return 0;
}

int64_t mp_monotonic_nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

// MARK: Identity
// A number alone is used again by the kernel. With the low bits of the start time (in ticks of 10 ms, which 32 bits
// hold for 497 days) it is not: its numbers do not come round within one tick.

static __thread uint64_t own_thread;
static uint64_t own_process;
static pthread_once_t fork_watch = PTHREAD_ONCE_INIT;

// The copy of a thread in a forked child is another thread.
static void forget_identities(void) {
    own_thread = 0;
    own_process = 0;
}

static void watch_forks(void) { pthread_atfork(NULL, NULL, forget_identities); }

// Reads state and start time, fields 3 and 22 of a stat file; the second field may hold anything, parentheses too.
static int read_stat(const char *path, char *state, uint64_t *start) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return -errno;
    char text[1024];
    ssize_t count = read(file, text, sizeof text - 1);
    int error = count < 0 ? errno : 0;
    close(file);
    if (count <= 0) return error == 0 ? -ESRCH : -error;
    text[count] = 0;
    char *field = strrchr(text, ')');
    if (field == NULL || field[1] != ' ') return -EPROTO;
    *state = field[2];
    field += 2;
    for (int number = 3; number < 22; number++) {
        field = strchr(field + 1, ' ');
        if (field == NULL) return -EPROTO;
    }
    *start = strtoull(field + 1, NULL, 10);
    return 0;
}

static uint64_t identity(pid_t number, uint64_t start) { return start << 32 | (uint64_t)(uint32_t)number << 2; }

static uint64_t find_identity(const char *path, pid_t number) {
    pthread_once(&fork_watch, watch_forks);
    char state;
    uint64_t start = 0;
    // Without /proc the number alone has to do.
    if (read_stat(path, &state, &start) != 0) start = 0;
    return identity(number, start);
}

uint64_t mp_thread_identity(void) {
    if (own_thread == 0) own_thread = find_identity("/proc/thread-self/stat", gettid());
    return own_thread;
}

uint64_t mp_process_identity(void) {
    uint64_t known = __atomic_load_n(&own_process, __ATOMIC_RELAXED);
    if (known != 0) return known;
    known = find_identity("/proc/self/stat", getpid());
    __atomic_store_n(&own_process, known, __ATOMIC_RELAXED);
    return known;
}

static pid_t number_of(uint64_t identity) { return (pid_t)((identity & 0xffffffffu) >> 2); }

// Whether it runs: 0 no, 1 yes, -1 it has ended but is still listed.
static int look_at(uint64_t who) {
    char path[32], state;
    uint64_t start;
    pid_t number = number_of(who);
    if (number <= 0) return 0;
    snprintf(path, sizeof path, "/proc/%d/stat", number);
    int error = read_stat(path, &state, &start);
    if (error == -ENOENT || error == -ESRCH) return 0;
    // No descriptor left to look with, or no /proc: only whether the number is in use can be told.
    if (error != 0 || who >> 32 == 0) return syscall(SYS_tkill, number, 0) == 0 || errno != ESRCH;
    if ((start & 0xffffffffu) != who >> 32) return 0;
    return state == 'Z' || state == 'X' ? -1 : 1;
}

int mp_thread_is_alive(uint64_t identity) { return look_at(identity) == 1; }

int mp_process_is_alive(uint64_t identity) {
    int seen = look_at(identity);
    if (seen >= 0) return seen;
    // A main thread that has ended looks like a zombie while the process's other threads run on (dispatchMain does
    // that). Its handle tells the two apart.
    int handle = mp_pidfd_open(number_of(identity));
    if (handle < 0) return 0;
    struct pollfd request = {handle, POLLIN, 0};
    int ended = poll(&request, 1, 0) == 1;
    close(handle);
    return !ended;
}
