// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CLetterKernels

extension Kernel {
    /// Counts the letters of these bytes in addition, both cases as one.
    func add(_ bytes: RawSpan, to counts: inout LetterCounts) {
        guard let vector = instructions.vector else {
            var histogram = ByteHistogram()
            TableKernel.add(bytes, to: &histogram)
            counts += TextInterpretation.letters.counts(of: histogram)
            return
        }
        var storage = counts.storage.mutableSpan
        // C adds to all of the 26 numbers and reads no more bytes than there are; the kernel is a proof that the
        // processor can run it.
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe storage.withUnsafeMutableBufferPointer { letters in
                unsafe lk_count_letters(vector, bytes.baseAddress, bytes.count, letters.baseAddress)
            }
        }
    }

    /// Counts all of these bytes in addition; by tables where the instructions are of no use for that, or not for so few.
    ///
    /// - Parameter worthwhileByteCount: Tests lower it, to see what the instructions do with few bytes.
    func add(_ bytes: RawSpan, to histogram: inout ByteHistogram, worthwhileByteCount: Int? = nil) {
        guard let vector = instructions.vector, let least = Self.worthwhileByteCount(vector),
            bytes.byteCount >= worthwhileByteCount ?? least
        else { return TableKernel.add(bytes, to: &histogram) }
        var storage = histogram.bins.mutableSpan
        // As above, for all of the 256 numbers.
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe storage.withUnsafeMutableBufferPointer { bins in
                unsafe lk_count_bytes(vector, bytes.baseAddress, bytes.count, bins.baseAddress)
            }
        }
    }
    /// Nothing where tables are always as fast.
    private static func worthwhileByteCount(_ vector: lk_kernel) -> Int? {
        let count = lk_worthwhile_byte_count(vector)
        return count == Int.max ? nil : count
    }
}
