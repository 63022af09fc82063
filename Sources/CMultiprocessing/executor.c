// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// The main actor in a worker.
//
// By default the main actor's jobs go to Dispatch's main queue, which is drained by a program's main thread; a worker's
// main thread runs work instead, so `await MainActor.run { … }` would hang. The concurrency runtime asks two hooks for
// the main actor's executor (declared in its ConcurrencyHooks.def). They are variables of Swift's calling convention,
// which only C can name. Hooking `enqueueMainExecutor` instead was tried: since Swift 6.2 the runtime does not come by
// there.

#include "CMultiprocessing.h"

#include <stdbool.h>

#if defined(__clang__)
#define SWIFT_CALL __attribute__((swiftcall))
#else
#define SWIFT_CALL
#endif

typedef struct mp_executor_reference executor_reference;
typedef SWIFT_CALL executor_reference (*get_main_original)(void);
typedef SWIFT_CALL executor_reference (*get_main_hook)(get_main_original original);
typedef SWIFT_CALL bool (*is_main_original)(executor_reference executor);
typedef SWIFT_CALL bool (*is_main_hook)(executor_reference executor, is_main_original original);

extern get_main_hook swift_task_getMainExecutor_hook;
extern is_main_hook swift_task_isMainExecutor_hook;

static executor_reference main_executor;

static SWIFT_CALL executor_reference get_main(get_main_original original) {
    (void)original;
    return main_executor;
}

static SWIFT_CALL bool is_main(executor_reference executor, is_main_original original) {
    (void)original;
    return executor.identity == main_executor.identity;
}

void mp_replace_main_executor(struct mp_executor_reference executor) {
    main_executor = executor;
    swift_task_getMainExecutor_hook = get_main;
    swift_task_isMainExecutor_hook = is_main;
}
