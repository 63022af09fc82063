// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Whole frames of outputs, one behind the other, as the assembler found them.
@usableFromInline struct OutputFrames: Sendable {
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    /// How many there were at first.
    @usableFromInline let count: Int

    @usableFromInline init() {
        bytes = []
        position = 0
        count = 0
    }

    init(_ bytes: ArraySlice<UInt8>, count: Int) {
        self.bytes = bytes
        position = bytes.startIndex
        self.count = count
    }

    @usableFromInline var isEmpty: Bool { position == bytes.endIndex }

    /// The output of the next frame.
    @usableFromInline mutating func next() -> ArraySlice<UInt8>? {
        guard position < bytes.endIndex else { return nil }
        let first = position + Frame.headSize
        position = first + Int(truncatingIfNeeded: LittleEndian.wide(bytes, position + 8))
        return bytes[first..<position]
    }

    /// Copies the values, which are marked bytes, to places at this distance from one another.
    func copy(
        _ mark: TypeMark, to target: inout [UInt8], from place: Int, stride: Int
    ) throws(MessageCodingError) {
        let done = copyAlike(mark, to: &target, from: place, stride: stride)
        guard done < count else { return }
        // Something else than a value of this type and size: found and told by the one that looks closely.
        var rest = self
        while let output = rest.next() { _ = try mark.check(output) }
    }

    /// How many frames from the first on hold a value of the mark's type; these are copied.
    private func copyAlike(_ mark: TypeMark, to target: inout [UInt8], from place: Int, stride: Int) -> Int {
        precondition(place + count * stride <= target.count && mark.size <= stride, "outputs outside their table")
        let step = Frame.headSize + mark.byteCount
        // In bounds: each frame ends within the source, and each value within the target, as just checked.
        return unsafe bytes.withUnsafeBytes { source in
            unsafe target.withUnsafeMutableBytes { target in
                var (position, done) = (position - bytes.startIndex, 0)
                while done < count, position + step <= source.count,
                    unsafe source.loadUnaligned(fromByteOffset: position + 8, as: UInt64.self)
                        == UInt64(mark.byteCount).littleEndian,
                    unsafe source.loadUnaligned(fromByteOffset: position + Frame.headSize, as: UInt64.self)
                        == mark.hash.littleEndian
                {
                    unsafe UnsafeMutableRawBufferPointer(rebasing: target[(place + done * stride)...]).copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: source[position + Frame.headSize + 8..<position + step]))
                    position += step
                    done += 1
                }
                return done
            }
        }
    }
}
