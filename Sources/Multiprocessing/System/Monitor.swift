// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A lock with a condition: for threads that wait for state to change.
///
/// Where nothing is waited for, the standard library's `Mutex` is the one to use; it has no condition.
@safe final class Monitor<State>: @unchecked Sendable {
    // @safe: the pointers never leave this class. @unchecked: `state` is touched only under `mutex`, and the two
    // pointers never change.
    private var state: State
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    init(_ state: sending State) {
        self.state = state
        // On the heap, since a pthread object must keep its address for life.
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(condition, nil)
    }

    deinit {
        // Nobody can be waiting: a waiter would hold a reference.
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Changes the state and wakes one waiter, or all.
    func update<Result>(waking: Waking = .none, _ body: (inout State) -> sending Result) -> sending Result {
        // The lock is released on every way out: body does not throw.
        unsafe pthread_mutex_lock(mutex)
        let result = body(&state)
        unsafe pthread_mutex_unlock(mutex)
        // After the lock is released, or the woken thread would run into it. self keeps the condition alive.
        switch waking {
        case .none: break
        case .one: unsafe pthread_cond_signal(condition)
        case .all: unsafe pthread_cond_broadcast(condition)
        }
        return result
    }

    /// Waits until `body` answers something. It is asked again after each change.
    func wait<Result>(for body: (inout State) -> sending Result?) -> sending Result {
        // As in update; pthread_cond_wait gives the lock back while it waits.
        unsafe pthread_mutex_lock(mutex)
        while true {
            if let result = body(&state) {
                unsafe pthread_mutex_unlock(mutex)
                return result
            }
            unsafe pthread_cond_wait(condition, mutex)
        }
    }

    enum Waking { case none, one, all }
}
