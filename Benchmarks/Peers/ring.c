// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// The floor for a queue between two processes: a ring for one producer and one consumer in shared memory, without locks,
// limits, types or care for the dead, that sleeps on a futex; and two processes that wake each other by a futex and
// do nothing else.
//
//     ring stream BYTES COUNT       prints "stream BYTES<tab>MESSAGES-A-SECOND"
//     ring roundtrip BYTES COUNT    prints "roundtrip BYTES<tab>NANOSECONDS ..."
//     ring futex 0 COUNT            prints "roundtrip 0<tab>NANOSECONDS ..."

#define _GNU_SOURCE
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RING_BYTES (1u << 20)

struct ring {
    _Alignas(128) _Atomic uint64_t tail;
    _Alignas(128) _Atomic uint64_t head;
    _Alignas(128) _Atomic uint32_t consumer_sleeps;
    _Alignas(128) _Atomic uint32_t producer_sleeps;
    _Alignas(128) uint8_t bytes[RING_BYTES];
};

static void *shared(size_t count) {
    void *memory = mmap(NULL, count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) exit(1);
    return memory;
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void futex_wait(_Atomic uint32_t *word, uint32_t value) {
    syscall(SYS_futex, word, FUTEX_WAIT, value, NULL, NULL, 0);
}

static void futex_wake(_Atomic uint32_t *word) { syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0); }

static void wake(_Atomic uint32_t *sleeps) {
    if (atomic_load(sleeps) && atomic_exchange(sleeps, 0)) futex_wake(sleeps);
}

static void copy_in(struct ring *ring, uint64_t at, const void *bytes, size_t count) {
    size_t place = at % RING_BYTES, first = count < RING_BYTES - place ? count : RING_BYTES - place;
    memcpy(ring->bytes + place, bytes, first);
    memcpy(ring->bytes, (const uint8_t *)bytes + first, count - first);
}

static void copy_out(struct ring *ring, uint64_t at, void *bytes, size_t count) {
    size_t place = at % RING_BYTES, first = count < RING_BYTES - place ? count : RING_BYTES - place;
    memcpy(bytes, ring->bytes + place, first);
    memcpy((uint8_t *)bytes + first, ring->bytes, count - first);
}

// A message larger than half of the ring goes in pieces.
static void send_piece(struct ring *ring, const void *bytes, uint32_t count) {
    uint64_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed), need = 4 + count;
    while (RING_BYTES - (tail - atomic_load(&ring->head)) < need) {
        atomic_store(&ring->producer_sleeps, 1);
        if (RING_BYTES - (tail - atomic_load(&ring->head)) >= need) break;
        futex_wait(&ring->producer_sleeps, 1);
    }
    copy_in(ring, tail, &count, 4);
    copy_in(ring, tail + 4, bytes, count);
    atomic_store(&ring->tail, tail + need);
    wake(&ring->consumer_sleeps);
}

static uint32_t receive_piece(struct ring *ring, void *bytes) {
    uint64_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    while (atomic_load(&ring->tail) == head) {
        atomic_store(&ring->consumer_sleeps, 1);
        if (atomic_load(&ring->tail) != head) break;
        futex_wait(&ring->consumer_sleeps, 1);
    }
    uint32_t count;
    copy_out(ring, head, &count, 4);
    copy_out(ring, head + 4, bytes, count);
    atomic_store(&ring->head, head + 4 + count);
    wake(&ring->producer_sleeps);
    return count;
}

static void send_all(struct ring *ring, const uint8_t *bytes, size_t count) {
    for (size_t done = 0; done < count;) {
        uint32_t piece = count - done > RING_BYTES / 4 ? RING_BYTES / 4 : count - done;
        send_piece(ring, bytes + done, piece);
        done += piece;
    }
}

static void receive_all(struct ring *ring, uint8_t *bytes, size_t count) {
    for (size_t done = 0; done < count;) done += receive_piece(ring, bytes + done);
}

static void verify(const uint8_t *bytes, uint64_t expected) {
    uint64_t found;
    memcpy(&found, bytes, 8);
    if (found == expected) return;
    fprintf(stderr, "ring: expected %llu, found %llu\n", (unsigned long long)expected, (unsigned long long)found);
    exit(1);
}

static void stream(size_t count, uint64_t times) {
    struct ring *ring = shared(sizeof *ring);
    uint8_t *buffer = calloc(1, count);
    pid_t child = fork();
    if (child == 0) {
        for (uint64_t i = 0; i <= times; i++) {
            memcpy(buffer, &i, 8);
            send_all(ring, buffer, count);
        }
        _exit(0);
    }
    // The first says that the other is there.
    receive_all(ring, buffer, count);
    int64_t began = now();
    for (uint64_t i = 1; i <= times; i++) {
        receive_all(ring, buffer, count);
        verify(buffer, i);
    }
    printf("stream %zu\t%.1f\n", count, times / ((now() - began) / 1e9));
    waitpid(child, NULL, 0);
}

static void round_trip(size_t count, uint64_t times) {
    struct ring *there = shared(sizeof *there), *back = shared(sizeof *back);
    uint8_t *buffer = calloc(1, count);
    pid_t child = fork();
    if (child == 0) {
        for (uint64_t i = 0; i <= times; i++) {
            receive_all(there, buffer, count);
            send_all(back, buffer, count);
        }
        _exit(0);
    }
    printf("roundtrip %zu\t", count);
    for (uint64_t i = 0; i <= times; i++) {
        int64_t began = now();
        memcpy(buffer, &i, 8);
        send_all(there, buffer, count);
        receive_all(back, buffer, count);
        verify(buffer, i);
        if (i > 0) printf("%lld ", (long long)(now() - began));
    }
    printf("\n");
    waitpid(child, NULL, 0);
}

static void hand_over(_Atomic uint32_t *word) {
    atomic_store(word, 1);
    futex_wake(word);
}

static void await_turn(_Atomic uint32_t *word) {
    while (atomic_exchange(word, 0) == 0) futex_wait(word, 0);
}

static void bare_futex(uint64_t times) {
    _Atomic uint32_t *words = shared(4096), *there = words, *back = words + 32;
    pid_t child = fork();
    if (child == 0) {
        for (uint64_t i = 0; i <= times; i++) {
            await_turn(there);
            hand_over(back);
        }
        _exit(0);
    }
    printf("roundtrip 0\t");
    for (uint64_t i = 0; i <= times; i++) {
        int64_t began = now();
        hand_over(there);
        await_turn(back);
        if (i > 0) printf("%lld ", (long long)(now() - began));
    }
    printf("\n");
    waitpid(child, NULL, 0);
}

int main(int count, char **arguments) {
    if (count != 4) return 64;
    size_t bytes = strtoul(arguments[2], NULL, 10);
    uint64_t times = strtoull(arguments[3], NULL, 10);
    if (strcmp(arguments[1], "stream") == 0) stream(bytes, times);
    else if (strcmp(arguments[1], "roundtrip") == 0) round_trip(bytes, times);
    else if (strcmp(arguments[1], "futex") == 0) bare_futex(times);
    else return 64;
    return 0;
}
