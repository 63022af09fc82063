// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CMultiprocessing.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>

// Why handlers here, where `Interruption` waits for blocked signals: a signal can be blocked only before the first thread
// exists, and asynchronous code runs on threads that exist already. Written in C, because a handler may come in the
// middle of the allocator or of the runtime: nothing here locks, allocates, or is made at its first use.

static const int requests[] = {SIGINT, SIGTERM};
enum { request_count = sizeof requests / sizeof requests[0] };

static struct sigaction previous[request_count];
static int is_taken[request_count];
static atomic_int first_request;
static int wake = -1;

static void let_the_next_one_end_us(void) {
    for (int index = 0; index < request_count; index++)
        if (is_taken[index]) signal(requests[index], SIG_DFL);
}

static void take(int number) {
    int saved = errno;
    int none = 0;
    int is_first = atomic_compare_exchange_strong(&first_request, &none, number);
    let_the_next_one_end_us();
    if (is_first) {
        uint64_t one = 1;
        ssize_t written = write(wake, &one, sizeof one);
        (void)written;  // it fails only where the count is at its end, and that wakes as well
    } else {
        // Two threads have each got one at the same time. It is blocked within its handler, and ends us after that.
        raise(number);
    }
    errno = saved;
}

void mp_take_interruptions(int event_descriptor) {
    wake = event_descriptor;
    atomic_store(&first_request, 0);
    struct sigaction action = {.sa_handler = take, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (int index = 0; index < request_count; index++) sigaddset(&action.sa_mask, requests[index]);
    for (int index = 0; index < request_count; index++) {
        is_taken[index] = sigaction(requests[index], NULL, &previous[index]) == 0
            && ((previous[index].sa_flags & SA_SIGINFO) || previous[index].sa_handler != SIG_IGN);
    }
    // Only when all of them are known: the first may come at once, and looks at the others.
    for (int index = 0; index < request_count; index++)
        if (is_taken[index]) sigaction(requests[index], &action, NULL);
}

void mp_return_interruptions(void) {
    for (int index = 0; index < request_count; index++)
        if (is_taken[index]) sigaction(requests[index], &previous[index], NULL);
}

int mp_first_interruption(void) { return atomic_load(&first_request); }
