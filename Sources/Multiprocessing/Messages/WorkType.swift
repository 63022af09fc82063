// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What has to be known once of each type of work in order to send it.
///
/// A worker finds the type by its mangled name. The runtime finds public and internal types, also nested and generic
/// ones; of private, fileprivate and local types the name holds an address, and they are not found even in the same
/// process.
struct WorkType<W: Work>: Sendable {
    /// The type's name as a worker looks it up; nil when it could not.
    let mangledName: String?
    let workCoding = W.workCoding
    let outputCoding = W.outputCoding
    /// The name's length (2) and the name, as it stands in a message.
    let nameBytes: [UInt8]
    /// The name for people.
    let name = _typeName(W.self)

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
    static var known: WorkType {
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
        guard mangledName != nil else { throw .cannotTravel(typeName: _typeName(W.self)) }
        var frame = Frame.begin(.work)
        frame.bytes += WorkRequest.head(nameBytes, carrying: words)
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

/// A request as the worker reads it: the type, found by name, and the work's bytes and handles.
struct ReceivedWork {
    let workType: any Work.Type
    let body: ReceivedBody
    /// Tell of the surroundings to do it in.
    let words: [CarriedWords]

    init(_ payload: ReceivedBody, _ types: WorkTypeMemory? = nil) throws(MessageCodingError) {
        let name: ArraySlice<UInt8>
        (name, words, body) = try WorkRequest.read(payload)
        if let known = types?.type(of: name) ?? ForeseenWork.type(named: name) {
            workType = known
        } else {
            workType = try Self.type(named: name)
            types?.remember(workType, name)
        }
    }

    private static func type(named bytes: ArraySlice<UInt8>) throws(MessageCodingError) -> any Work.Type {
        // Other bytes are addresses to the runtime's reader of names.
        guard bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else { throw .unknownMark(0) }
        let name = String(decoding: bytes, as: UTF8.self)
        guard let type = type(named: name) else { throw .wrongType(expected: "work named \(name)") }
        return type
    }

    static func type(named mangledName: String) -> (any Work.Type)? { _typeByName(mangledName) as? any Work.Type }

    /// Does the work and answers the frame to send back: its output, or why there is none.
    func reply() async -> MessageBody {
        if let refusal = WorkerRefusal.failure { return refusal.frame() }
        return await workType.reply(to: body, words)
    }
}

/// The type that was found last: most works of a worker are of one type, and the search for its name costs more than many
/// a work.
///
/// Used by the thread that serves, and by no other.
final class WorkTypeMemory: @unchecked Sendable {
    // @unchecked: by the rule above.
    private var name: [UInt8] = []
    private var type: (any Work.Type)?

    func type(of name: ArraySlice<UInt8>) -> (any Work.Type)? { self.name.elementsEqual(name) ? type : nil }

    func remember(_ type: any Work.Type, _ name: ArraySlice<UInt8>) {
        self.name = Array(name)
        self.type = type
    }
}

extension Work {
    /// Has the runtime build what the coding of this type needs, so that a copy of this process finds it.
    static func prepareCoding() { _ = (workCoding, outputCoding) }

    static func reply(to body: ReceivedBody, _ words: [CarriedWords]) async -> MessageBody {
        if words.isEmpty { return await reply(to: body) }
        return await CarriedWords.restore(words[...], for: Self.self) { await reply(to: body) }
    }

    private static func reply(to body: ReceivedBody) async -> MessageBody {
        var stage = RemoteFailure.Stage.decodingWork
        do {
            let work = try workCoding.decode(body)
            stage = .running
            let output = try await work.run()
            stage = .encodingOutput
            var frame = Frame.begin(.output)
            try outputCoding.encode(output, into: &frame)
            Frame.finish(&frame)
            return frame
        } catch {
            return RemoteFailure(error, at: stage).frame()
        }
    }
}
