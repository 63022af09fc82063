// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What has to be known once of each type of work in order to send it.
///
/// A worker finds the type by its mangled name. The runtime finds public and internal types, also nested and generic
/// ones; of private, fileprivate and local types the name holds an address, and they are not found even in the same
/// process.
@usableFromInline struct WorkType<W: Work>: Sendable {
    /// The type's name as a worker looks it up; nil when it could not.
    let mangledName: String?
    let workCoding = W.workCoding
    @usableFromInline let outputCoding = W.outputCoding
    /// The name's length (2) and the name, as it stands in a message.
    let nameBytes: [UInt8]
    /// The name for people.
    let name = _typeName(W.self)
    /// What a work of bytes takes; others grow as they need.
    private let usualByteCount = 16 + MemoryLayout<W>.size

    private init() {
        let mangled = _mangledTypeName(W.self)
        // Asked here what the worker will be asked, so that a type that cannot travel is refused at once.
        mangledName = mangled.flatMap {
            $0.utf8.count <= WorkRequest.longestName && _typeByName($0) == W.self ? $0 : nil
        }
        let bytes = Array((mangledName ?? "").utf8)
        nameBytes = [UInt8(truncatingIfNeeded: bytes.count), UInt8(truncatingIfNeeded: bytes.count >> 8)] + bytes
    }

    /// The facts of the type, found out anew: for a process that must not use a `Mutex`.
    static var unshared: WorkType { WorkType() }

    /// The facts of the type, found out once.
    @usableFromInline static var known: WorkType {
        let key = ObjectIdentifier(W.self)
        return knownWorkTypes.withLock { known in
            if let found = known[key] as? WorkType { return found }
            let new = WorkType()
            known[key] = new
            return new
        }
    }

    /// The frame that asks a worker to do this work, in the surroundings that the words tell of.
    func request(_ work: W, carrying words: [CarriedWords] = []) throws(WorkRequestError) -> MessageBody {
        try request(work, after: WorkRequest.head(nameBytes, carrying: words))
    }

    /// The same after a head that was made before, for several works.
    func request(_ work: W, after head: [UInt8]) throws(WorkRequestError) -> MessageBody {
        guard mangledName != nil else { throw .cannotTravel(typeName: name) }
        var frame = Frame.begin(.work)
        frame.bytes.reserveCapacity(Frame.headSize + head.count + usualByteCount)
        frame.bytes += head
        do {
            try workCoding.encode(work, into: &frame)
        } catch {
            throw .notEncoded(RemoteFailure(error, at: .encodingWork))
        }
        Frame.finish(&frame)
        return frame
    }
}

private let knownWorkTypes = Mutex<[ObjectIdentifier: any Sendable]>([:])

/// Why a piece of work could not even be made into a message.
enum WorkRequestError: Error {
    case cannotTravel(typeName: String)
    case notEncoded(RemoteFailure)
}

extension Work {
    /// Has the runtime build what the coding of this type needs, so that a copy of this process finds it.
    static func prepareCoding() { _ = (workCoding, outputCoding) }
}
