// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Increments of shared counters as C does them: locks.c COUNT
// Prints increments a second: "NAME<tab>RATE". "alone" is one process, "two" are two processes at the same time.

#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct shared {
    pthread_mutex_t mutex;
    char gap1[128];
    uint64_t value;
    char gap2[128];
    atomic_ullong atomic_value;
    char gap3[128];
    struct {
        volatile uint64_t count;
        char gap[120];
    } shards[2];
    char gap4[128];
    atomic_int ready, go;
};

static struct shared *shared;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void fail(const char *what) {
    fprintf(stderr, "locks.c: %s\n", what);
    exit(1);
}

static void with_mutex(int me, uint64_t count) {
    (void)me;
    for (uint64_t i = 0; i < count; i++) {
        if (pthread_mutex_lock(&shared->mutex) != 0) fail("could not lock");
        shared->value++;
        pthread_mutex_unlock(&shared->mutex);
    }
}

static void with_atomic(int me, uint64_t count) {
    (void)me;
    for (uint64_t i = 0; i < count; i++) atomic_fetch_add(&shared->atomic_value, 1);
}

static void with_shard(int me, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) shared->shards[me].count++;
}

typedef void (*increments)(int me, uint64_t count);

static void prepare(int robust) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    if (robust) pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&shared->mutex, &attributes);
    shared->value = 0;
    shared->atomic_value = 0;
    shared->shards[0].count = shared->shards[1].count = 0;
    shared->ready = shared->go = 0;
}

static void measure(const char *name, int robust, increments body, uint64_t count, int processes) {
    prepare(robust);
    for (int me = 0; me < processes; me++) {
        pid_t child = fork();
        if (child < 0) fail("could not fork");
        if (child > 0) continue;
        shared->ready++;
        while (!shared->go) {}
        body(me, count);
        _exit(0);
    }
    while (shared->ready < processes) usleep(100);
    double began = now();
    shared->go = 1;
    for (int me = 0; me < processes; me++) wait(NULL);
    double time = now() - began;
    uint64_t sum = shared->value + shared->atomic_value + shared->shards[0].count + shared->shards[1].count;
    if (sum != count * processes) fail("a wrong sum");
    printf("%s\t%.0f\n", name, count * processes / time);
}

int main(int argc, char **argv) {
    uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) fail("no shared memory");
    measure("robust alone", 1, with_mutex, count, 1);
    measure("plain alone", 0, with_mutex, count, 1);
    measure("robust two", 1, with_mutex, count / 4, 2);
    measure("atomic two", 0, with_atomic, count, 2);
    measure("unshared alone", 0, with_shard, count * 10, 1);
    measure("unshared two", 0, with_shard, count * 10, 2);
    return 0;
}
