// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc

/// A thread of the operating system, for what may block: the cooperative pool must not.
@safe struct NativeThread: Sendable {
    // @safe: the handle is joined or detached once, by the contract of both.
    private let handle: pthread_t

    /// Starts a thread. Its name (at most 15 bytes are kept) is what `ps -L` and debuggers show.
    static func start(named name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) -> NativeThread {
        let start = unsafe Unmanaged.passRetained(Start(name: name, body: body))
        var handle = pthread_t()
        var attributes = pthread_attr_t()
        // attributes lives until the destroy below.
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setstacksize(&attributes, 8 << 20)
        // The retained box is the thread's argument; the thread's first step takes it over.
        let error = unsafe pthread_create(
            &handle, &attributes,
            { argument in
                guard let argument = unsafe argument else { preconditionFailure("a thread without its argument") }
                let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                unsafe mp_set_thread_name(start.name)  // copied by the kernel
                start.body()
                return nil
            }, start.toOpaque())
        if error != 0 { unsafe start.release() }
        try SystemCall.succeeded("start a thread", error)
        return NativeThread(handle: handle)
    }

    /// Nobody will wait for it.
    func detach() { pthread_detach(handle) }

    /// Waits for the thread's end; once for each thread, and never from the thread itself.
    func wait() {
        pthread_join(handle, nil)
    }

    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
