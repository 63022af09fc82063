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

    /// Counts all of these bytes in addition.
    func add(_ bytes: RawSpan, to histogram: inout ByteHistogram) {
        guard let vector = instructions.vector, lk_counts_bytes(vector) else {
            return TableKernel.add(bytes, to: &histogram)
        }
        var storage = histogram.bins.mutableSpan
        // As above, for all of the 256 numbers.
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe storage.withUnsafeMutableBufferPointer { bins in
                unsafe lk_count_bytes(vector, bytes.baseAddress, bytes.count, bins.baseAddress)
            }
        }
    }
}
