// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Puts frames together from the bytes of a stream, however they are cut, and gives each its descriptors.
///
/// The descriptors of a frame come all at once, at the latest with its first byte, so those of several frames are in
/// the order of these. Where exactly between the bytes they came, a receiver cannot know and need not.
struct FrameAssembler {
    private var buffer: [UInt8] = []
    private var start = 0
    /// Those that no frame has been given yet.
    private var arrivals: [ReceivedDescriptors] = []

    /// Whether the stream may end here without loss.
    var isBetweenFrames: Bool { start == buffer.count }

    mutating func append(_ bytes: UnsafeRawBufferPointer, with descriptors: ReceivedDescriptors? = nil) {
        tidy()
        // Copied here; the caller's buffer is used again.
        unsafe buffer.append(contentsOf: bytes)
        if let descriptors { arrivals.append(descriptors) }
    }

    /// Lets `fill` append to the bytes.
    mutating func append(by fill: (inout [UInt8]) -> Void) {
        tidy()
        fill(&buffer)
    }

    /// What has been handed out must not pile up in a stream that never pauses between two frames.
    private mutating func tidy() {
        if start > 0, start >= buffer.count - start {
            buffer.removeFirst(start)
            start = 0
        }
    }

    /// The next whole frame, or nil until more bytes have come.
    ///
    /// - Parameter fetch: Answers descriptors that came another way, before the frame; nil where they come with the bytes.
    mutating func next(fetching fetch: (() -> ReceivedDescriptors?)? = nil) throws(MessageCodingError) -> ReceivedFrame?
    {
        guard buffer.count - start >= Frame.headSize else {
            // Whatever came has come with or before a byte of its frame.
            if isBetweenFrames, !arrivals.isEmpty { throw .wrongHandleCount }
            return nil
        }
        guard let head = Frame.head(buffer[start..<start + Frame.headSize]) else { throw .unknownMark(buffer[start]) }
        let first = start + Frame.headSize
        guard buffer.count - first >= head.length else { return nil }
        if head.kind == .output, head.handleCount == 0, head.tag != 0 {
            let (end, count) = outputs(of: head, after: first + head.length)
            if count > 1 { return take(start..<end, head, count) }
        }
        if head.handleCount > 0, let descriptors = fetch?() { arrivals.append(descriptors) }
        return take(first..<first + head.length, head, descriptors: try descriptors(head))
    }

    /// Hands out a range, whose end is that of a frame.
    private mutating func take(
        _ range: Range<Int>, _ head: Frame.Head, _ count: Int = 1,
        descriptors: ReceivedDescriptors = ReceivedDescriptors()
    ) -> ReceivedFrame {
        let payload = ReceivedBody(bytes: buffer[range], descriptors: descriptors)
        start = range.upperBound
        if start == buffer.count {
            // The payload keeps the old storage; a new one begins with the next bytes.
            buffer = []
            start = 0
        }
        return ReceivedFrame(kind: head.kind, tag: head.tag, payload: payload, count: count)
    }

    /// How many outputs of the same parcel are there, the one that ends here counted, and where the last one ends: they
    /// are handed out together, for what is done with each frame takes longer than what is done with an output.
    private func outputs(of head: Frame.Head, after firstEnd: Int) -> (end: Int, count: Int) {
        // Read only, and in bounds by each look at the count.
        unsafe buffer.withUnsafeBytes { bytes in
            var (end, count) = (firstEnd, 1)
            while bytes.count - end >= Frame.headSize {
                let mark = unsafe bytes.loadUnaligned(fromByteOffset: end, as: UInt64.self)
                // The same kind, number of descriptors, version and tag.
                guard unsafe mark == bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self) else { break }
                let length = unsafe UInt64(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: end + 8, as: UInt64.self))
                guard length <= UInt64(bytes.count - end - Frame.headSize) else { break }
                end += Frame.headSize + Int(truncatingIfNeeded: length)
                count += 1
            }
            return (end, count)
        }
    }

    private mutating func descriptors(_ head: Frame.Head) throws(MessageCodingError) -> ReceivedDescriptors {
        if head.handleCount == 0 { return ReceivedDescriptors() }
        guard let next = arrivals.first, next.handles.count <= head.handleCount,
            next.handles.count == head.handleCount || next.areIncomplete
        else { throw .wrongHandleCount }
        return arrivals.removeFirst()
    }
}
