// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Counts the letters of one document, chunk by chunk, so that it need never be held whole.
///
/// Where the document is cut makes no difference. Take a new counter for each document, since an interpretation may
/// count something once a document, and add up what they return.
///
/// ```swift
/// var counter = LetterCounter(text: .letters)
/// for try await chunk in document { counter.update(chunk.span) }
/// let counts = counter.counts()
/// ```
public struct LetterCounter: Sendable {
    /// What this counter takes for a letter.
    public let text: TextInterpretation

    /// What counts.
    public let kernel: Kernel

    // Letters alone are counted several times faster than all byte values, and each other interpretation can be derived from
    // those at the end: no chunk need be looked at with the interpretation in mind.
    private var letters = LetterCounts()
    private var letterByteCount: UInt64 = 0
    /// One where it is needed, and none where letters are counted: 2 KiB in each counter cost more than a short document.
    private var histograms: [ByteHistogram]

    /// A counter that has counted nothing.
    public init(text: TextInterpretation = .letters, kernel: Kernel = .best) {
        self.text = text
        self.kernel = kernel
        histograms = text == .letters ? [] : [ByteHistogram()]
    }

    /// Counts the document's next bytes; they are not kept.
    public mutating func update(_ bytes: RawSpan) {
        guard histograms.isEmpty else { return histograms[0].add(bytes, kernel: kernel) }
        kernel.add(bytes, to: &letters)
        letterByteCount += UInt64(bytes.byteCount)
    }

    /// The same for bytes that are known as such.
    public mutating func update(_ bytes: Span<UInt8>) {
        // `bytes` is unsafe in general because it may reveal padding; a UInt8 has none.
        update(unsafe bytes.bytes)
    }

    /// Forgets what was counted, for another document: in less time than it takes to make a new counter.
    public mutating func reset() {
        letters = LetterCounts()
        letterByteCount = 0
        for index in histograms.indices { histograms[index] = ByteHistogram() }
    }

    /// How many bytes were counted so far.
    public var byteCount: UInt64 { histograms.first?.total ?? letterByteCount }

    /// The letters of the document as far as it was counted; the counter may be updated further afterwards.
    public func counts() -> LetterCounts {
        histograms.isEmpty ? letters : text.counts(of: histograms[0])
    }

    /// The letters of a whole document.
    ///
    /// What a counter would find, without the room that one needs for all interpretations.
    public static func count(
        _ document: RawSpan, text: TextInterpretation = .letters, kernel: Kernel = .best
    ) -> LetterCounts {
        guard text == .letters else { return text.counts(of: ByteHistogram(of: document, kernel: kernel)) }
        var letters = LetterCounts()
        kernel.add(document, to: &letters)
        return letters
    }

    /// The letters of a whole document that is held as an array.
    public static func count(
        _ document: [UInt8], text: TextInterpretation = .letters, kernel: Kernel = .best
    ) -> LetterCounts {
        // `bytes` is unsafe in general because it may reveal padding; a UInt8 has none.
        count(unsafe document.span.bytes, text: text, kernel: kernel)
    }
}
