// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import LetterCounting
import Multiprocessing

/// All documents of a comparison, in memory that every process of it maps.
///
/// Read once, so that no model pays for a slow disk or a server in a bad mood, and none meets another text.
struct HeldCorpus: Codable, Sendable {
    struct Entry: Codable, Sendable {
        var name: String
        var range: Range<Int>
    }

    let memory: SharedMemory
    let entries: [Entry]

    /// Copies the documents into sealed memory.
    ///
    /// - Throws: When there is not so much memory.
    init(_ documents: [(name: String, bytes: [UInt8])]) throws {
        let byteCount = documents.reduce(0) { $0 + $1.bytes.count }
        let writable = try SharedMemory(byteCount: max(1, byteCount))
        var entries: [Entry] = []
        var end = 0
        // Nobody else has it yet.
        unsafe writable.withUnsafeMutableBytes { memory in
            for (name, bytes) in documents {
                let range = end..<(end + bytes.count)
                unsafe memory[range].copyBytes(from: bytes)
                entries.append(Entry(name: name, range: range))
                end = range.upperBound
            }
        }
        self.entries = entries
        memory = try writable.readOnly()
    }

    var byteCount: UInt64 { entries.reduce(0) { $0 + UInt64($1.range.count) } }

    /// Each to be counted so many times, from the memory.
    func sources(passes: Int) -> [CountedSource] {
        entries.map {
            .memory(HeldDocument(name: Self.shortName($0.name), memory: memory, range: $0.range, passes: passes))
        }
    }

    /// The table, counted once by the plainest loop that there is.
    func letters(_ text: TextInterpretation) -> LetterCounts {
        let task = CountTask(text: text, grain: .letter, limits: ReadLimits())
        var sum = LetterCounts()
        for source in sources(passes: 1) {
            if case .memory(let held) = source { sum += held.sumOfPasses { PrivateCounter.count($0, task) } }
        }
        return sum
    }

    func bytes(of entry: Entry) -> [UInt8] {
        // Nobody writes to it any more.
        unsafe memory.withUnsafeBytes { unsafe Array($0[entry.range]) }
    }

    /// Without what comes before the last slash.
    static func shortName(_ name: String) -> String {
        name.split(separator: "/").last.map(String.init) ?? name
    }
}
