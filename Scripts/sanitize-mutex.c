// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Preloaded under the thread sanitizer: tells it of the standard library's `Mutex`.
//
// Where two threads meet at a `Mutex`, it is handed over in the standard library and the kernel, neither of which was
// built with the sanitizer: it would report a race between any two threads of which one had to wait. Suppressing all
// that happens under a lock would hide true races as well. So the two slow paths are made known to it here; the fast
// ones are compiled into the user's code, where it sees them.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

// The sanitizer's own, in programs that were built with it; elsewhere there is nothing to tell.
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *

typedef SWIFT void (*lock_function)(uint32_t thread, SELF self);
typedef SWIFT void (*unlock_function)(SELF self);

SWIFT void lock_slowly(uint32_t thread, SELF self) __asm__(LOCK);
SWIFT void unlock_slowly(SELF self) __asm__(UNLOCK);

SWIFT void lock_slowly(uint32_t thread, SELF self) {
    static lock_function real;
    if (!real) real = (lock_function)dlsym(RTLD_NEXT, LOCK);
    real(thread, self);
    if (__tsan_acquire) __tsan_acquire(self);
}

SWIFT void unlock_slowly(SELF self) {
    static unlock_function real;
    if (!real) real = (unlock_function)dlsym(RTLD_NEXT, UNLOCK);
    if (__tsan_release) __tsan_release(self);
    real(self);
}
