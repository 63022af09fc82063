// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Several works of one type in one message: for pieces that are so short that a message of its own would cost more than
/// the piece.
///
/// They are done in their order, and each is answered by itself as soon as it is done: a worker that dies loses the one
/// that it was at, not those before.
struct WorkParcel: Sendable {
    private var frame: MessageBody
    /// Where each work begins.
    private var beginnings: [Int] = []
    private let worksBegin: Int

    var count: Int { beginnings.count }

    var byteCount: Int { frame.bytes.count }

    /// - Parameter head: The type, and the words that travel beside each of the works, as in a single request.
    init(head: [UInt8]) {
        frame = Frame.begin(.parcel)
        frame.bytes += [0, 0, 0, 0]
        frame.bytes += head
        worksBegin = frame.bytes.count
    }

    /// Adds a work. False when it holds handles, which a parcel does not carry: then it is not in it.
    mutating func append<W: Work>(_ work: W, _ coding: MessageCoding<W>) throws(WorkRequestError) -> Bool {
        let start = frame.bytes.count
        frame.bytes += [0, 0, 0, 0]
        do {
            try coding.encode(work, into: &frame)
        } catch {
            frame.bytes.removeLast(frame.bytes.count - start)
            throw .notEncoded(RemoteFailure(error, at: .encodingWork))
        }
        guard frame.handles.isEmpty else {
            frame.handles = []
            frame.bytes.removeLast(frame.bytes.count - start)
            return false
        }
        Self.put(frame.bytes.count - start - 4, at: start, of: &frame.bytes)
        beginnings.append(start)
        return true
    }

    /// Adds works that travel as their bytes.
    mutating func append<W: Work>(_ works: [W], _ range: Range<Int>, as mark: TypeMark) {
        let start = frame.bytes.count
        let step = Self.byteCount(of: mark)
        frame.bytes.append(contentsOf: repeatElement(0, count: range.count * step))
        beginnings.reserveCapacity(beginnings.count + range.count)
        let (stride, size) = (MemoryLayout<W>.stride, mark.size)
        let (length, hash) = (UInt32(mark.byteCount).littleEndian, mark.hash.littleEndian)
        // BitwiseCopyable, or there were no mark. In bounds: there is room for a step for each of the works, and the range is
        // one of theirs.
        precondition(range.upperBound <= works.count && range.lowerBound >= 0, "works outside their array")
        unsafe works.withUnsafeBytes { works in
            unsafe frame.bytes.withUnsafeMutableBytes { bytes in
                var place = start
                for index in range {
                    unsafe bytes.storeBytes(of: length, toByteOffset: place, as: UInt32.self)
                    unsafe bytes.storeBytes(of: hash, toByteOffset: place + 4, as: UInt64.self)
                    unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[(place + 12)...]).copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: works[index * stride..<index * stride + size]))
                    place += step
                }
            }
        }
        for index in 0..<range.count { beginnings.append(start + index * step) }
    }

    /// How much room each of such works takes.
    static func byteCount(of mark: TypeMark) -> Int { 4 + mark.byteCount }

    /// The message with the works from the given one on.
    func message(from first: Int, tag: UInt32) -> MessageBody {
        var message = frame
        if first > 0 { message.bytes.removeSubrange(worksBegin..<beginnings[first]) }
        Self.put(count - first, at: Frame.headSize, of: &message.bytes)
        Frame.finish(&message, tag: tag)
        return message
    }

    private static func put(_ number: Int, at place: Int, of bytes: inout [UInt8]) {
        let number = UInt32(truncatingIfNeeded: number).littleEndian
        // Four bytes, which are there.
        unsafe bytes.withUnsafeMutableBytes { unsafe $0.storeBytes(of: number, toByteOffset: place, as: UInt32.self) }
    }
}

/// A parcel as the worker reads it.
enum ReceivedParcel {
    /// Does all of the works; `send` gets each answer. A parcel that is not well made is answered as far as it can be
    /// read, and then not at all: the parent takes that for what it is.
    ///
    /// - Parameter send: Answers whether to go on.
    static func answer(
        _ payload: ReceivedBody, _ types: WorkTypeMemory, send: @escaping (inout MessageBody) -> Bool
    ) async {
        guard payload.bytes.count >= 4 else { return }
        let count = Int(LittleEndian.word(payload.bytes, payload.bytes.startIndex))
        let work: ReceivedWork
        do {
            work = try ReceivedWork(payload.dropFirst(4), types)
        } catch {
            for _ in 0..<count {
                var answer = RemoteFailure(error, at: .decodingWork).frame()
                if !send(&answer) { return }
            }
            return
        }
        if work.words.isEmpty, WorkerRefusal.failure == nil {
            var run = _ParcelRun(work.body.bytes, count: count, send: send)
            return await work.runner.perform(&run)
        }
        var rest = work.body.bytes
        for _ in 0..<count {
            guard rest.count >= 4 else { return }
            let length = Int(LittleEndian.word(rest, rest.startIndex))
            guard rest.count - 4 >= length else { return }
            rest = rest.dropFirst(4)
            let single = ReceivedWork(work, body: ReceivedBody(bytes: rest.prefix(length)))
            var answer = await single.reply()
            rest = rest.dropFirst(length)
            if !send(&answer) { return }
        }
    }
}
