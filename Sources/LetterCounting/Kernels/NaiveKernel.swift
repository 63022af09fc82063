// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The definition of what a kernel does, short enough to be believed; every other kernel is tested against it.
enum NaiveKernel {
    static func add(_ bytes: RawSpan, to histogram: inout ByteHistogram) {
        for offset in bytes.byteOffsets {
            // Unsafe only as a reinterpretation, and every byte is a UInt8; the offset is checked.
            histogram[unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)] += 1
        }
    }
}
