// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// swift-format-ignore: NoLeadingUnderscores
/// A parcel that a worker is at: gives one work after the other, and takes the answer of each.
///
/// Public only because `Work` has a requirement that takes one: see there. Of no use elsewhere.
public struct _ParcelRun {
    @usableFromInline let bytes: ArraySlice<UInt8>
    private var position: Int
    private var left: Int
    /// What is being done with the work at hand, for the report of an error.
    private var stage = RemoteFailure.Stage.decodingWork
    /// The answer in the making; its room is used by one after the other.
    @usableFromInline var answer = Frame.begin(.output)
    /// Where values stand that travel as their bytes, before they are taken and after they are made.
    @usableFromInline var place = ValuePlace(byteCount: 1, alignment: 1)
    private let send: (inout MessageBody) -> Bool

    /// - Parameters:
    ///   - works: Each with its length (4) before it.
    ///   - send: Sends an answer, and answers whether to go on.
    init(_ works: ArraySlice<UInt8>, count: Int, send: @escaping (inout MessageBody) -> Bool) {
        bytes = works
        position = works.startIndex
        left = count
        self.send = send
    }

    /// Where the next work is; nil when there is none, or the parcel is not well made.
    @usableFromInline mutating func next() -> Range<Int>? {
        guard left > 0, bytes.endIndex - position >= 4 else { return nil }
        let first = position + 4
        let length = Int(LittleEndian.word(bytes, position))
        guard length <= bytes.endIndex - first else { return nil }
        left -= 1
        position = first + length
        stage = .decodingWork
        return first..<position
    }

    /// Has room for a value of either type.
    @usableFromInline mutating func prepare(byteCount: Int, alignment: Int) {
        place = ValuePlace(byteCount: byteCount, alignment: alignment)
    }

    /// Makes the work from its bytes.
    @inlinable func decode<W>(_ range: Range<Int>, by coding: MessageCoding<W>) throws -> W {
        guard let mark = coding.mark else { return try coding.decode(body(range)) }
        copy(from: try mark.find(in: bytes, range), mark)
        // BitwiseCopyable, or its coding had no mark; of the checked size and type.
        return unsafe place.base.assumingMemoryBound(to: W.self).pointee
    }

    @usableFromInline func body(_ range: Range<Int>) -> ReceivedBody { ReceivedBody(bytes: bytes[range]) }

    /// Copies a value to its place, since in the message it may lie unaligned.
    @usableFromInline func copy(from start: Int, _ mark: TypeMark) {
        // As many bytes are there, as the mark's check saw to, and the place has room for them.
        unsafe bytes.withUnsafeBytes {
            let start = start - bytes.startIndex
            unsafe place.bytes(mark.size).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: $0[start..<start + mark.size]))
        }
    }

    /// The work is decoded.
    @usableFromInline mutating func begin() { stage = .running }

    /// Makes the answer from the output.
    @inlinable mutating func encode<Output>(_ output: Output, by coding: MessageCoding<Output>) throws {
        guard let mark = coding.mark else { return try encodeByCoding(output, coding) }
        // BitwiseCopyable, or its coding had no mark: what is written over need not be deinitialized.
        unsafe place.base.assumingMemoryBound(to: Output.self).initialize(to: output)
        put(mark)
    }

    @usableFromInline mutating func encodeByCoding<Output>(_ output: Output, _ coding: MessageCoding<Output>) throws {
        stage = .encodingOutput
        empty()
        try coding.encode(output, into: &answer)
        Frame.finish(&answer)
    }

    private mutating func empty() {
        answer.bytes.removeLast(answer.bytes.count - Frame.headSize)
        answer.handles = []
    }

    /// Makes the answer from what is in the place.
    @usableFromInline mutating func put(_ mark: TypeMark) {
        // The output has been put there.
        let output = unsafe UnsafeRawBufferPointer(place.bytes(mark.size))
        let first = Frame.headSize + 8
        if answer.bytes.count == first + output.count {
            // All outputs of a parcel are of one type, so that the last one's frame is as it has to be.
            unsafe answer.bytes.withUnsafeMutableBytes {
                unsafe UnsafeMutableRawBufferPointer(rebasing: $0[first...]).copyMemory(from: output)
            }
        } else {
            empty()
            mark.append(to: &answer.bytes)
            // Copied here.
            unsafe answer.bytes.append(contentsOf: output)
            Frame.finish(&answer)
        }
    }

    /// Answers whether to go on.
    @usableFromInline mutating func sendAnswer() -> Bool { send(&answer) }

    /// Tells why there is no output; answers whether to go on.
    @usableFromInline mutating func sendFailure(_ error: any Error) -> Bool {
        var failure = RemoteFailure(error, at: stage).frame()
        return send(&failure)
    }
}

/// Room for one value that is no more than its bytes.
///
/// In code that is compiled in another module no closure gets a value's bytes: for types of some sizes such a closure is
/// called with other arguments than it expects (Swift 6.3).
@safe @usableFromInline final class ValuePlace {
    @usableFromInline let base: UnsafeMutableRawPointer
    private let byteCount: Int

    init(byteCount: Int, alignment: Int) {
        self.byteCount = max(1, byteCount)
        unsafe base = .allocate(byteCount: self.byteCount, alignment: alignment)  // freed in deinit
    }

    // Nobody has taken the pointer along.
    deinit { unsafe base.deallocate() }

    func bytes(_ count: Int) -> UnsafeMutableRawBufferPointer {
        precondition(count <= byteCount, "a value of another size than its place")
        // In bounds, as just checked.
        return unsafe UnsafeMutableRawBufferPointer(start: base, count: count)
    }
}

extension Work {
    // swift-format-ignore: NoLeadingUnderscores
    /// One after the other.
    @inlinable public static func _perform(
        _ run: inout _ParcelRun, _ coding: MessageCoding<Self>, _ outputCoding: MessageCoding<Output>
    ) async {
        run.prepare(
            byteCount: max(MemoryLayout<Self>.size, MemoryLayout<Output>.size),
            alignment: max(MemoryLayout<Self>.alignment, MemoryLayout<Output>.alignment))
        // Not `nonisolated(nonsending)`: that would hop back to its caller's executor after each work, also after one that
        // is not asynchronous and is compiled in here, and a hop takes longer than a short work.
        while let range = run.next() {
            do {
                let work = try run.decode(range, by: coding)
                run.begin()
                try run.encode(await work.run(), by: outputCoding)
                if !run.sendAnswer() { return }
            } catch {
                if !run.sendFailure(error) { return }
            }
        }
    }
}
