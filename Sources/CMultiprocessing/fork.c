// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CMultiprocessing.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

void mp_flush_streams(void) { fflush(NULL); }

void mp_flush_standard_output(void) {
    if (__fpending(stdout) > 0) fflush(stdout);
}

void mp_write_output_by_lines(void) { setvbuf(stdout, NULL, _IOLBF, 0); }

// MARK: Fork

// Both sides put the child into its own group, whoever comes first: the terminal's Ctrl-C must not find it in the parent's
// group, neither before the child's first step nor after the parent was told of it. The later one's failure is no matter.
static void lead_own_group(pid_t child) { setpgid(child, child); }

struct fork_order {
    mp_child_entry entry;
    void *context;
    pid_t result;
};

static void *fork_here(void *argument) {
    struct fork_order *order = argument;
    pid_t pid = fork();
    if (pid == 0) {
        order->entry(order->context);
        _exit(70);
    }
    order->result = pid < 0 ? -errno : pid;
    if (pid > 0) lead_own_group(pid);
    return NULL;
}

// Why on a new thread: Swift's `Mutex` caches the thread's number in thread-local storage of each module, as the owner
// of a priority-inheriting futex. A forked child keeps its parent's number in that cache, nobody can reset it, and the
// first contended lock then traps. A thread that has never locked anything has nothing cached, and the child's
// only thread is a copy of it. (Measured: forks of a thread with a used Mutex died in 4 of 5 runs, fresh ones in none.)
pid_t mp_fork_on_fresh_thread(mp_child_entry entry, void *context) {
    struct fork_order order = {entry, context, -EAGAIN};
    // The child lives on this stack for good: as large as a main thread's usual 8 MiB (only touched pages cost).
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 8u << 20);
    // No signal handler may run between fork and the child's first step.
    sigset_t all, previous;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &previous);
    pthread_t thread;
    int error = pthread_create(&thread, &attributes, fork_here, &order);
    if (error == 0) pthread_join(thread, NULL);
    else order.result = -error;
    pthread_sigmask(SIG_SETMASK, &previous, NULL);
    pthread_attr_destroy(&attributes);
    return order.result;
}

pid_t mp_fork(void) {
    pid_t pid = fork();
    if (pid < 0) return -errno;
    if (pid > 0) lead_own_group(pid);
    return pid;
}

static void *enter(void *argument) {
    struct fork_order *order = argument;
    order->entry(order->context);
    _exit(70);
}

// Not only `Mutex` caches the thread's number, but also the lock within the runtime's swift_once, which is behind every
// lazily made global. In a copy of a thread that has ever made one, that number is the original's: the first time that
// two threads come to the same global together, both wait for ever. (Measured: a forked copy of such a thread hung
// in every run, a new thread in the copy in none.)
_Noreturn void mp_go_on_on_fresh_thread(mp_child_entry entry, void *context) {
    static struct fork_order order;
    order = (struct fork_order){entry, context, 0};
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 8u << 20);
    pthread_t thread;
    // Without a thread to be had the work itself could hardly start one, and is safe on this one while it is alone.
    if (pthread_create(&thread, &attributes, enter, &order) != 0) enter(&order);
    // It must not end: a process whose first thread has ended looks like a dead one in /proc.
    for (;;) pause();
}

static void *allocate(void *argument) {
    (void)argument;
    // Through a volatile pointer, or the compiler would leave both calls out.
    void *volatile place = malloc(1024);
    free(place);
    return NULL;
}

// The C library keeps the stack of a thread that has ended, and its part of the heap. Every later copy of this process
// has them, too, and its fresh thread takes them instead of asking the kernel for new ones.
void mp_leave_thread_behind(void) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 8u << 20);
    pthread_t thread;
    if (pthread_create(&thread, &attributes, allocate, NULL) == 0) pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
}

int mp_keep_only(int descriptor) {
    // Everybody who is told a number is told 3.
    if (descriptor != 3 && dup3(descriptor, 3, O_CLOEXEC) < 0) return -errno;
    return close_range(4, ~0u, 0) == 0 ? 3 : -errno;
}

// The kernel ties this signal to the parent's *thread*: right for a server with one thread, wrong for any other parent.
void mp_end_with_parent(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent) _exit(1);
}

void mp_kill_group(pid_t leader) {
    kill(-leader, SIGKILL);
    kill(leader, SIGKILL);
}

void mp_reset_signals(void) {
    // As exec does: handled signals get their default action, ignored ones stay ignored.
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) != 0) continue;
        if (action.sa_handler == SIG_IGN || action.sa_handler == SIG_DFL) continue;
        signal(number, SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

// MARK: Spawn

static int prepare_actions(posix_spawn_file_actions_t *actions, const struct mp_spawn_request *request) {
    int error = posix_spawn_file_actions_init(actions);
    if (error != 0) return error;
    error = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
    if (error == 0 && request->standard_output >= 0)
        error = posix_spawn_file_actions_adddup2(actions, request->standard_output, 1);
    if (error == 0 && request->standard_error >= 0)
        error = posix_spawn_file_actions_adddup2(actions, request->standard_error, 2);
    // Also onto itself, which takes its close-on-exec mark away. Nothing else is inherited, marked or not.
    if (error == 0) error = posix_spawn_file_actions_adddup2(actions, request->inherited, 3);
    if (error == 0) error = posix_spawn_file_actions_addclosefrom_np(actions, 4);
    if (error != 0) posix_spawn_file_actions_destroy(actions);
    return error;
}

static int prepare_attributes(posix_spawnattr_t *attributes) {
    int error = posix_spawnattr_init(attributes);
    if (error != 0) return error;
    // An empty mask; actions follow exec's own rule (handled ones become default, ignored ones stay ignored).
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(attributes, &none);
    // Its own group: the terminal's Ctrl-C reaches the parent only, which then decides.
    posix_spawnattr_setpgroup(attributes, 0);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    return 0;
}

pid_t mp_spawn(const struct mp_spawn_request *request) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = prepare_actions(&actions, request);
    if (error != 0) return -error;
    error = prepare_attributes(&attributes);
    if (error != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return -error;
    }
    pid_t pid = -1;
    error = posix_spawn(&pid, request->path, &actions, &attributes, request->arguments, request->environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error == 0 ? pid : -error;
}
