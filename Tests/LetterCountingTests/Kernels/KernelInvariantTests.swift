// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LetterCounting

/// What holds whatever the bytes are. The `unsafe` is the one of ``EveryKernelTests``.
@Suite struct KernelInvariantTests {
    @Test(arguments: Kernel.available)
    func `both parts of a cut add up to the whole, wherever it is cut`(kernel: Kernel) {
        for (name, bytes) in KernelSamples.all(400) {
            let whole = unsafe ExpectedCounts(of: bytes.span.bytes, by: kernel)
            for cut in 0...bytes.count {
                var parts = ExpectedCounts()
                unsafe parts.add(bytes.span.bytes.extracting(..<cut), by: kernel)
                unsafe parts.add(bytes.span.bytes.extracting(cut...), by: kernel)
                if parts != whole { Issue.record("\(name), cut at \(cut)") }
            }
        }
    }

    @Test(arguments: Kernel.available)
    func `the histogram folded to letters is what the letters' kernel finds`(kernel: Kernel) {
        for (name, bytes) in KernelSamples.all(9_999) {
            let counted = unsafe ExpectedCounts(of: bytes.span.bytes, by: kernel)
            #expect(TextInterpretation.letters.counts(of: counted.bytes) == counted.letters, "\(name)")
            #expect(counted.bytes.total == UInt64(bytes.count), "\(name)")
        }
    }

    @Test(arguments: Kernel.available, TextInterpretation.allCases)
    func `the counter and the histogram find with each kernel what they find with the portable one`(
        kernel: Kernel, text: TextInterpretation
    ) {
        for (name, bytes) in KernelSamples.all(5_000) {
            let expected = LetterCounter.count(bytes, text: text, kernel: .portable)
            #expect(LetterCounter.count(bytes, text: text, kernel: kernel) == expected, "\(name)")
            let histogram = unsafe ByteHistogram(of: bytes.span.bytes, kernel: kernel)
            #expect(text.counts(of: histogram) == expected, "\(name)")
        }
    }

    @Test(arguments: Kernel.available, TextInterpretation.allCases)
    func `the counter knows how many bytes it counted`(kernel: Kernel, text: TextInterpretation) {
        var counter = LetterCounter(text: text, kernel: kernel)
        for length in [0, 1, 63, 400, 3_000] { counter.feed([UInt8](repeating: 0x65, count: length)[...]) }
        #expect(counter.byteCount == 3_464)
    }
}
