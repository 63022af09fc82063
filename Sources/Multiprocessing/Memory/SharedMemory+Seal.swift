// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension SharedMemory {
    /// Ends all writing, for ever and for everybody, after a wait for whoever has the memory's lock; blocks the thread for
    /// that time. From then on `withSpan` takes no lock: any number read at the same time, each at the speed of plain
    /// memory.
    ///
    /// What this is worth depends on who it is:
    /// - every handle's `withMutableSpan` throws `.readOnly` from now on;
    /// - the kernel refuses to map the bytes for writing and to write to them otherwise, by whatever descriptor, also one
    ///   that is opened anew: processes that get the memory only now cannot change it by any means;
    /// - those that had it mapped for writing before keep that mapping. That they do not use it, through `withUnsafeMutableBytes` or
    ///   by a pointer gone astray, has to be trusted. If they must not be, copy the bytes.
    ///
    /// Sealing sealed memory does nothing.
    ///
    /// - Throws: `.readOnly` for a handle that may not write; `.ownerDied` while nobody has repaired the bytes after a
    ///   writer's death; `.timedOut`; a `SystemError` as `.body` when the kernel cannot do it (before Linux 5.1).
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    public func sealWrites(timeout: Duration? = nil) throws(SharedMemoryAccessError<SystemError>) {
        if control.isSealed { return }
        guard mapping.isWritable else { throw .readOnly }
        try lease(timeout) { grant throws(SharedMemoryAccessError<SystemError>) in try seal(grant) }
    }

    /// The same without holding a thread while it waits.
    ///
    /// - Throws: As the blocking form, or `.cancelled`.
    public nonisolated(nonsending) func sealWrites(
        timeout: Duration? = nil
    ) async throws(SharedMemoryAccessError<SystemError>) {
        if control.isSealed { return }
        guard mapping.isWritable else { throw .readOnly }
        try await lease(timeout) { grant throws(SharedMemoryAccessError<SystemError>) in try seal(grant) }
    }

    /// With the lock held. The kernel's seal first: who dies in between leaves memory that no new receiver writes to and
    /// whose present writers still take the lock, and the next call completes it.
    private func seal(_ grant: GuardedMemory.Grant) throws(SharedMemoryAccessError<SystemError>) {
        if let thread = control.deadOwner(grant) { throw .ownerDied(thread: thread) }
        do {
            if !file.seals.contains(.futureWrites) { try file.seal([.futureWrites, .seals]) }
        } catch {
            throw .body(error)
        }
        control.markSealed()
    }
}

/// Why a body did not run with the bytes of shared memory, or how it failed there.
///
/// `BodyError` is what the body throws: `Never` for one that does not throw.
public enum SharedMemoryAccessError<BodyError: Error>: Error {
    /// The handle is read-only, or the memory is sealed.
    case readOnly

    /// A thread died while it held the memory's lock, and nobody has repaired the bytes since. The lock is free.
    ///
    /// `thread` is the number by which the system knew it; that of a main thread is its process's.
    case ownerDied(thread: Int32)

    /// The time was over before the lock could be had.
    case timedOut

    /// The waiting task was cancelled; never from a blocking form.
    case cancelled

    /// The body ran and threw.
    case body(BodyError)
}

extension SharedMemoryAccessError: Equatable where BodyError: Equatable {}
extension SharedMemoryAccessError: Hashable where BodyError: Hashable {}

extension SharedMemoryAccessError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .readOnly: "could not write to shared memory: this handle is read-only, or the memory was sealed"
        case .ownerDied(let thread):
            "could not use shared memory: thread \(thread) died while it had its lock; make the bytes whole with repair"
        case .timedOut: "could not get the lock of shared memory in time"
        case .cancelled: "stopped waiting for the lock of shared memory: the task was cancelled"
        case .body(let error): "\(error)"
        }
    }
}
