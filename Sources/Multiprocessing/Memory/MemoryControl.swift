// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The lock of shared memory, and whether writing is over, in an object beside the bytes.
///
/// Beside them, so that who may only read the bytes can take the lock, and so that the bytes are nothing but bytes: whole
/// pages from the beginning of a file, for whoever is given it.
///
/// Layout of the payload: the lock (16), whether the memory is sealed (4).
@usableFromInline
struct MemoryControl: Sendable {
    let object: SharedObject
    @usableFromInline let guarded: GuardedMemory
    private let sealed: SharedWord

    init() throws(SharedMemoryError) { self.init(try SharedObject(.memory, payloadByteCount: Self.byteCount)) }

    init(adopting descriptor: DescriptorHandle) throws(SharedMemoryError) {
        self.init(try SharedObject(adopting: descriptor, .memory, payloadByteCount: Self.byteCount))
    }

    private init(_ object: SharedObject) {
        self.object = object
        guarded = GuardedMemory(object, of: UInt32.self)
        sealed = object.word(at: OwnerLock.byteCount)
    }

    private static var byteCount: Int { GuardedMemory.byteCount(for: UInt32.self) }

    /// Set once and for ever, under the lock. Who sees it set sees all that was written before.
    @usableFromInline var isSealed: Bool { sealed.value != 0 }

    /// Whose death nobody has repaired, for who has the lock.
    @usableFromInline
    func deadOwner(_ grant: GuardedMemory.Grant) -> Int32? {
        if case .fromTheDead = grant { guarded.lock.deadOwner } else { nil }
    }

    func markSealed() { sealed.store(1) }
}
