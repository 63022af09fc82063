// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The outputs of one iteration in the order of its works, as they come.
@usableFromInline struct OutputTable<Output: Sendable>: ~Copyable {
    @usableFromInline let coding: MessageCoding<Output>
    /// Of outputs that are no more than their bytes: these, moved without knowing the type.
    @usableFromInline var bytes: OutputBytes?
    /// Of others: the values.
    @usableFromInline var values: [Output?] = []

    @inlinable init(_ coding: MessageCoding<Output>, expecting count: Int) {
        self.coding = coding
        if let mark = coding.mark {
            bytes = OutputBytes(mark, stride: MemoryLayout<Output>.stride, expecting: count)
        } else {
            values.reserveCapacity(count)
        }
    }

    // Not inlinable, as little as `all`: see `ValuePlace`.
    @usableFromInline mutating func put(_ output: Output, at index: Int) {
        if bytes != nil {
            // BitwiseCopyable, or its coding had no mark. Read only, within the closure.
            unsafe withUnsafeBytes(of: output) { unsafe bytes?.put($0, at: index) }
            return
        }
        while values.count <= index { values.append(nil) }
        values[index] = output
    }

    /// Outputs that came together, of which this is the first one's place.
    @inlinable mutating func put(_ frames: OutputFrames, from index: Int) throws(WorkFailure) {
        var (frames, index) = (frames, index)
        do {
            if bytes != nil {
                try bytes?.put(frames, from: index)
                return
            }
            while let body = frames.next() {
                put(try coding.decode(ReceivedBody(bytes: body)), at: index)
                index += 1
            }
        } catch {
            throw .outputNotDecoded(WorkError(error))
        }
    }

    /// All of them, from the first place on.
    @usableFromInline consuming func all() -> [Output] {
        guard let bytes else { return values.compactMap(\.self) }
        return unsafe [Output](unsafeUninitializedCapacity: bytes.count) { buffer, count in
            // BitwiseCopyable: the bytes are the values. As many as there is room for.
            unsafe bytes.copy(to: UnsafeMutableRawBufferPointer(buffer))
            count = bytes.count
        }
    }
}

/// The bytes of values of one size, by place.
@usableFromInline struct OutputBytes {
    private let mark: TypeMark
    private let stride: Int
    private var bytes: [UInt8] = []
    @usableFromInline private(set) var count = 0

    @usableFromInline init(_ mark: TypeMark, stride: Int, expecting count: Int) {
        self.mark = mark
        self.stride = stride
        bytes.reserveCapacity(count * stride)
    }

    @usableFromInline mutating func put(_ value: UnsafeRawBufferPointer, at index: Int) {
        makeRoom(index + 1)
        // In bounds: there is room for the value with this place.
        unsafe bytes.withUnsafeMutableBytes { bytes in
            unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[(index * stride)...]).copyMemory(from: value)
        }
    }

    @usableFromInline mutating func put(
        _ frames: OutputFrames, from index: Int
    ) throws(MessageCodingError) {
        makeRoom(index + frames.count)
        try frames.copy(mark, to: &bytes, from: index * stride, stride: stride)
    }

    private mutating func makeRoom(_ count: Int) {
        guard count > self.count else { return }
        // Not all at once for each: the array grows by doubling.
        bytes.append(contentsOf: repeatElement(0, count: (count - self.count) * stride))
        self.count = count
    }

    @usableFromInline func copy(to buffer: UnsafeMutableRawBufferPointer) { unsafe buffer.copyBytes(from: bytes) }
}
