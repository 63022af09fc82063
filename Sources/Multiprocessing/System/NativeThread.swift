// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc

/// A thread of the operating system, for what may block: the cooperative pool must not.
///
/// Nobody waits for such a thread: it ends after its body, and what it was for is told by other means.
enum NativeThread {
    /// Starts a thread. Its name (at most 15 bytes are kept) is what `ps -L` and debuggers show.
    ///
    /// - Parameter takesSignals: Whether signals that are sent to the process may be handled on it, as on the threads
    ///   that the program makes itself. Those that it causes itself always are.
    static func start(
        named name: String, takesSignals: Bool = false, _ body: @escaping @Sendable () -> Void
    ) throws(SystemError) {
        let mask = takesSignals ? nil : SignalMask.blockingAll()
        defer { mask?.restore() }
        let start = unsafe Unmanaged.passRetained(Start(name: name, body: body))
        var handle = pthread_t()
        var attributes = pthread_attr_t()
        // attributes lives until the destroy below.
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setstacksize(&attributes, 8 << 20)
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
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
    }

    /// Gives the processor to another thread that wants it.
    static func yield() { sched_yield() }

    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
