// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import LetterCounting

/// A kernel reads nothing but its bytes: the pages on both sides may not be read, and whoever does is killed.
@Suite struct KernelReachTests {
    @Test(arguments: Kernel.available)
    func `nothing is read before the first and behind the last byte`(kernel: Kernel) throws {
        let pages = try GuardedPages(count: 3)
        let lengths = Array(0...400) + [1_023, 1_984, 1_985, 2_047, 4_080, 4_095, 4_096, 4_097, 8_191, pages.byteCount]
        for length in lengths {
            let atTheStart = pages.withBytes(0..<length) { ExpectedCounts(of: $0, by: kernel) }
            let atTheEnd = pages.withBytes(pages.byteCount - length..<pages.byteCount) {
                ExpectedCounts(of: $0, by: kernel)
            }
            var expected = ExpectedCounts()
            expected.add(GuardedPages.content, times: UInt64(length))
            if atTheStart != expected || atTheEnd != expected { Issue.record("\(length) bytes") }
        }
    }
}

/// Readable pages between two that nobody may touch. Safe, since it alone knows the address and hands out checked parts.
@safe private final class GuardedPages {
    static let content = UInt8(ascii: "g")

    let byteCount: Int
    private let page = sysconf(Int32(_SC_PAGESIZE))
    private let mapping: UnsafeMutableRawPointer

    init(count: Int) throws {
        byteCount = count * page
        // A new mapping, which this object owns until its end; the middle of it is made writable and filled.
        let address = unsafe mmap(nil, byteCount + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        unsafe mapping = try #require(unsafe address == MAP_FAILED ? nil : address)
        try #require(unsafe mprotect(mapping + page, byteCount, PROT_READ | PROT_WRITE) == 0)
        _ = unsafe memset(mapping + page, Int32(Self.content), byteCount)
    }

    func withBytes<Result>(_ range: Range<Int>, _ body: (RawSpan) -> Result) -> Result {
        precondition(range.upperBound <= byteCount)
        // Within the readable pages, as was checked, which stay for as long as this object.
        return body(unsafe RawSpan(_unsafeStart: mapping + page + range.lowerBound, byteCount: range.count))
    }

    // The mapping that was made in init, of which nothing is left.
    deinit { unsafe munmap(mapping, byteCount + 2 * page) }
}
