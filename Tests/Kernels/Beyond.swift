// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import LetterCounting

/// More bytes at once than 32 bits can number, and more of one value than they can count.
///
/// A few pages stand there over and over, so that it takes addresses and no memory. A debug build would take minutes.
enum Beyond {
    private static let partByteCount = 16 << 20
    private static let partCount = 264

    static func check() {
        withParts { bytes in
            for kernel in Kernel.available {
                for table in Table.allCases { check(table, kernel, bytes) }
                print("\(kernel): \(bytes.byteCount) bytes and their \(Table.allCases.count) tables are right")
            }
        }
    }

    private static func check(_ table: Table, _ kernel: Kernel, _ bytes: RawSpan) {
        let part = table.expectedCounts(of: bytes.extracting(first: partByteCount))
        let expected = part.map { $0 * UInt64(partCount) }
        guard expected.contains(where: { $0 > 4 << 30 }) else { Kernels.fail("too few to prove anything") }
        let counts = table.counts(of: bytes, by: kernel)
        if counts != expected { Kernels.fail("\(kernel): wrong \(table.rawValue) of \(bytes.byteCount) bytes") }
    }

    /// One part in memory, mapped side by side.
    private static func withParts(_ body: (RawSpan) -> Void) {
        // All in this function: a nameless file of one part, addresses for all parts, and the file in each place there. The
        // mappings are the process's until its end.
        let byteCount = partByteCount * partCount
        guard let stream = unsafe tmpfile(), ftruncate(unsafe fileno(stream), partByteCount) == 0,
            let memory = unsafe mmap(nil, byteCount, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            unsafe memory != MAP_FAILED
        else { Kernels.fail("no memory to map") }
        for part in 0..<partCount {
            let place = unsafe memory + part * partByteCount
            let flags = MAP_SHARED | MAP_FIXED
            let mapped = unsafe mmap(place, partByteCount, PROT_READ | PROT_WRITE, flags, fileno(stream), 0)
            guard unsafe mapped != MAP_FAILED else { Kernels.fail("no memory to map") }
        }
        // Every 64th byte another, so that both few and many of a kind are counted.
        unsafe memset(memory, Int32(UInt8(ascii: "e")), partByteCount)
        for offset in stride(from: 0, to: partByteCount, by: 64) {
            unsafe memory.storeBytes(of: UInt8(truncatingIfNeeded: offset >> 6), toByteOffset: offset, as: UInt8.self)
        }
        body(unsafe RawSpan(_unsafeStart: memory, byteCount: byteCount))
    }
}
