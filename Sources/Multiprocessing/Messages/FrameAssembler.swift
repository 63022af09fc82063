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

    /// How many bytes must still come before the frame that has begun is whole; 0 when that is not known.
    var missingByteCount: Int {
        guard buffer.count - start >= Frame.headSize, let head = Frame.head(buffer[start..<start + Frame.headSize])
        else { return 0 }
        return max(0, head.length - (buffer.count - start - Frame.headSize))
    }

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
        if head.handleCount > 0, let descriptors = fetch?() { arrivals.append(descriptors) }
        let payload = ReceivedBody(bytes: buffer[first..<first + head.length], descriptors: try descriptors(head))
        start = first + head.length
        if start == buffer.count {
            // The payload keeps the old storage; a new one begins with the next bytes.
            buffer = []
            start = 0
        }
        return ReceivedFrame(kind: head.kind, tag: head.tag, payload: payload)
    }

    private mutating func descriptors(_ head: Frame.Head) throws(MessageCodingError) -> ReceivedDescriptors {
        if head.handleCount == 0 { return ReceivedDescriptors() }
        guard let next = arrivals.first, next.handles.count <= head.handleCount,
            next.handles.count == head.handleCount || next.areIncomplete
        else { throw .wrongHandleCount }
        return arrivals.removeFirst()
    }
}
