// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Frames that wait for room in a socket or in shared memory.
struct OutgoingFrames {
    private var frames: [MessageBody] = []
    private var first = 0
    private var offset = 0
    /// Whether the socket's buffer had no room for descriptors.
    private(set) var waitsForSocket = false

    var isEmpty: Bool { first == frames.count }

    mutating func append(_ frame: MessageBody) { frames.append(frame) }

    /// Sends as much as fits. A conversation that is over takes everything: its end is reported elsewhere.
    mutating func send(over number: Int32) {
        while first < frames.count {
            switch sendPart(of: frames[first], over: number) {
            case .wouldBlock: return
            case .ended: offset = frames[first].bytes.count
            case .moved(let count):
                offset += count
                // Gone with the first byte; from now on the kernel holds them. A second time would be too many.
                if !frames[first].handles.isEmpty { frames[first].handles = [] }
            }
            if offset == frames[first].bytes.count {
                frames[first] = MessageBody()
                first += 1
                offset = 0
            }
        }
        frames.removeAll(keepingCapacity: true)
        first = 0
    }

    /// Puts as much as fits into a pipe in shared memory, the descriptors ahead over the socket. False when the pipe is
    /// broken; whether it waits for the socket is answered by `waitsForSocket`.
    mutating func put(
        into pipe: SharedPipe, at place: inout SharedPipe.WriterPlace, descriptorsOver socket: Int32
    ) -> Bool {
        waitsForSocket = false
        while first < frames.count {
            if !frames[first].handles.isEmpty, offset == 0, !sendDescriptors(over: socket) {
                waitsForSocket = true
                return true
            }
            // Read only, in bounds: offset is less than the frame's count.
            let count = unsafe frames[first].bytes.withUnsafeBytes { bytes in
                unsafe pipe.put(UnsafeRawBufferPointer(rebasing: bytes[offset...]), at: &place)
            }
            guard let count else { return false }
            offset += count
            guard offset == frames[first].bytes.count else { return true }
            frames[first] = MessageBody()
            first += 1
            offset = 0
        }
        frames.removeAll(keepingCapacity: true)
        first = 0
        return true
    }

    /// True when they are on their way, or the conversation is over and nobody needs them.
    private mutating func sendDescriptors(over socket: Int32) -> Bool {
        // One byte to carry them.
        let result = unsafe withUnsafeBytes(of: UInt8(1)) { byte in
            unsafe DescriptorTransfer.sendNow(byte, with: frames[first].handles, over: socket)
        }
        if case .wouldBlock = result { return false }
        frames[first].handles = []
        return true
    }

    private func sendPart(of frame: MessageBody, over number: Int32) -> TransferResult {
        // Read only, in bounds: offset is less than the frame's count.
        unsafe frame.bytes.withUnsafeBytes { bytes in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset...])
            if frame.handles.isEmpty { return unsafe Transfer.sendNow(number, rest) }
            return unsafe DescriptorTransfer.sendNow(rest, with: frame.handles, over: number)
        }
    }
}
