// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing

/// Who does something to shared memory: a number that no other thread or process of this machine has or will have.
///
/// Its two lowest bits are zero, for flags of the holder; the zero identity is nobody's. All who compare identities must
/// live in the same namespace of process numbers.
struct Identity: Hashable, Sendable {
    let bits: UInt64

    init(bits: UInt64) { self.bits = bits & ~0b11 }

    /// The calling thread. The copy of a thread in a forked child is another one.
    static var currentThread: Identity { Identity(bits: mp_thread_identity()) }

    /// This process.
    static var currentProcess: Identity { Identity(bits: mp_process_identity()) }

    var isNobody: Bool { bits == 0 }

    /// The number that the system knows the thread or process by.
    var number: Int32 { Int32(truncatingIfNeeded: (bits & 0xffff_ffff) >> 2) }

    /// For the identity of a thread. Costs a few system calls.
    var threadIsAlive: Bool { mp_thread_is_alive(bits) != 0 }

    /// For the identity of a process. Costs a few system calls.
    var processIsAlive: Bool { mp_process_is_alive(bits) != 0 }
}
