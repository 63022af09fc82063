// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A request as the worker reads it: who can do it, found by its type's name, and the work's bytes and handles.
struct ReceivedWork {
    let runner: WorkRunner
    let body: ReceivedBody
    /// Tell of the surroundings to do it in.
    let words: [CarriedWords]

    init(_ payload: ReceivedBody, _ types: WorkTypeMemory? = nil) throws(MessageCodingError) {
        let name: ArraySlice<UInt8>
        (name, words, body) = try WorkRequest.read(payload)
        if let known = types?.runner(for: name) {
            runner = known
        } else {
            let foreseen = ForeseenWork.type(named: name)
            let type: any Work.Type
            if let foreseen { type = foreseen } else { type = try Self.type(named: name) }
            runner = type.makeRunner()
            types?.remember(runner, name)
        }
    }

    /// Another work of the same type and in the same surroundings.
    init(_ other: ReceivedWork, body: ReceivedBody) {
        runner = other.runner
        words = other.words
        self.body = body
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
        if words.isEmpty { return await runner.reply(to: body) }
        return await CarriedWords.restore(words[...], for: runner.type) { await runner.reply(to: body) }
    }
}

/// Who was found last: most works of a worker are of one type, and the search for its name costs more than many a work.
///
/// Used by the thread that serves, and by no other.
final class WorkTypeMemory: @unchecked Sendable {
    // @unchecked: by the rule above.
    private var name: [UInt8] = []
    private var runner: WorkRunner?

    func runner(for name: ArraySlice<UInt8>) -> WorkRunner? {
        guard self.name.count == name.count else { return nil }
        // Both are read only, within the closures.
        let isSame = unsafe self.name.withUnsafeBytes { known in
            unsafe name.withUnsafeBytes { unsafe known.elementsEqual($0) }
        }
        return isSame ? runner : nil
    }

    func remember(_ runner: WorkRunner, _ name: ArraySlice<UInt8>) {
        self.name = Array(name)
        self.runner = runner
    }
}

/// Does works of one type, which is known to the subclass.
class WorkRunner: @unchecked Sendable {
    // @unchecked: neither it nor its one subclass has a variable; a class that is not final cannot say so.
    let type: any Work.Type

    init(_ type: any Work.Type) { self.type = type }

    /// Does the work and answers the frame to send back.
    func reply(to body: ReceivedBody) async -> MessageBody {
        preconditionFailure("\(type) has no runner of its own")
    }

    /// Does the works of a parcel and answers each.
    func perform(_ run: inout _ParcelRun) async {
        preconditionFailure("\(type) has no runner of its own")
    }
}

/// What has to be known once of a type of work in order to do many of it.
private final class TypedWorkRunner<W: Work>: WorkRunner, @unchecked Sendable {
    // @unchecked: as for its superclass.
    private let workCoding = W.workCoding
    private let outputCoding = W.outputCoding

    init() { super.init(W.self) }

    override func reply(to body: ReceivedBody) async -> MessageBody {
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

    override func perform(_ run: inout _ParcelRun) async {
        await W._perform(&run, workCoding, outputCoding)
    }
}

extension Work {
    static func makeRunner() -> WorkRunner { TypedWorkRunner<Self>() }
}
