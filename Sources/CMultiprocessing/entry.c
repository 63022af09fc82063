// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// The takeover before `main`.
//
// A child that was started by exec must become a worker before the program's own `main` begins, and after all
// constructors: in a raw constructor a statically linked Dispatch is not initialized yet (a detached task hangs)
// and pthread_exit from it crashes. So `__libc_start_main`, which the C start-up calls with the address of `main`,
// is interposed: ours hands on a `main` of our own. It works for @main, top-level code and the test runner,
// without a guard in the user's program, because linking the library is enough to define the symbol.
//
// It cannot work with a statically linked glibc (there is no next definition to look up): such a program calls
// `WorkerProcess.takeOverIfNeeded()` first in its main, and is told so when it tries to start a child.

#define _GNU_SOURCE
#include "CMultiprocessing.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int (*main_function)(int, char **, char **);
typedef int (*start_function)(main_function, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);

static main_function program_main;
static int hook_is_installed;

/// Swift's half (Processes/WorkerProcess.swift): never returns.
extern void multiprocessing_worker_main(const char *role, int descriptor) __attribute__((noreturn));

int mp_entry_hook_is_installed(void) { return hook_is_installed; }

void mp_take_over_if_worker(void) {
    const char *value = getenv(MP_ROLE_VARIABLE);
    if (value == NULL) return;
    char role[16];
    int descriptor = -1;
    int parsed = sscanf(value, "%15[a-z]:%d", role, &descriptor) == 2;
    // At once, or every program that the work starts would take itself for a worker.
    unsetenv(MP_ROLE_VARIABLE);
    if (!parsed || descriptor < 3) return;
    multiprocessing_worker_main(role, descriptor);
}

static int hooked_main(int argc, char **argv, char **envp) {
    hook_is_installed = 1;
    mp_take_over_if_worker();
    return program_main(argc, argv, envp);
}

__attribute__((used, visibility("default")))
int __libc_start_main(main_function main, int argc, char **argv, void (*init)(void), void (*fini)(void),
                      void (*rtld_fini)(void), void *stack_end) {
    start_function next = (start_function)dlsym(RTLD_NEXT, "__libc_start_main");
    if (next == NULL) {
        static const char message[] = "Multiprocessing: no __libc_start_main to hand on to (statically linked glibc?)\n";
        (void)!write(2, message, sizeof message - 1);
        _exit(70);
    }
    program_main = main;
    return next(hooked_main, argc, argv, init, fini, rtld_fini, stack_end);
}
