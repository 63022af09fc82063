// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import LetterCounting

/// What became of the documents of a batch.
struct BatchCounts: Codable, Sendable {
    enum Entry: Sendable {
        case counted(DocumentCounts)
        case failed(DocumentFailure)
        case large(LargeFile)
    }

    /// Those that are counted and of which nobody asks for each.
    var sum = CountSum()
    /// Those of which somebody does; what is not counted stands beside them. By their positions in the batch.
    private var counted: [DocumentCounts] = []
    private var positions: [Int] = []
    private var failed: [Int: DocumentFailure] = [:]
    private var large: [Int: LargeFile] = [:]

    init() {}

    init(_ entries: [Entry]) {
        for (position, entry) in entries.enumerated() { add(entry, at: position) }
    }

    /// The positions have to grow.
    mutating func add(_ entry: Entry, at position: Int) {
        switch entry {
        case .counted(let counts):
            counted.append(counts)
            positions.append(position)
        case .failed(let failure): failed[position] = failure
        case .large(let file): large[position] = file
        }
    }

    /// All but those of the sum, in the order of the documents.
    var entries: [(position: Int, entry: Entry)] {
        let all =
            zip(positions, counted).map { (position: $0, entry: Entry.counted($1)) }
            + failed.map { (position: $0.key, entry: Entry.failed($0.value)) }
            + large.map { (position: $0.key, entry: Entry.large($0.value)) }
        return failed.isEmpty && large.isEmpty ? all : all.sorted { $0.position < $1.position }
    }

    // MARK: Coding

    private enum CodingKeys: CodingKey { case sum, counted, positions, failed, large }

    init(from decoder: any Decoder) throws {
        if let bytes = try? decoder.singleValueContainer().decode([UInt8].self) {
            var bytes = CompactBytes(reading: bytes)
            sum = try bytes.take()
            return
        }
        let values = try decoder.container(keyedBy: CodingKeys.self)
        failed = try values.decodeIfPresent([Int: DocumentFailure].self, forKey: .failed) ?? [:]
        large = try values.decodeIfPresent([Int: LargeFile].self, forKey: .large) ?? [:]
        sum = Self.values(of: try values.decode([UInt8].self, forKey: .sum), as: CountSum.self).first ?? CountSum()
        counted = Self.values(of: try values.decode([UInt8].self, forKey: .counted), as: DocumentCounts.self)
        positions = Self.values(of: try values.decode([UInt8].self, forKey: .positions), as: Int.self)
    }

    func encode(to encoder: any Encoder) throws {
        if counted.isEmpty, failed.isEmpty, large.isEmpty {
            var bytes = CompactBytes()
            bytes.put(sum)
            var value = encoder.singleValueContainer()
            return try value.encode(bytes.bytes)
        }
        var values = encoder.container(keyedBy: CodingKeys.self)
        if !failed.isEmpty { try values.encode(failed, forKey: .failed) }
        if !large.isEmpty { try values.encode(large, forKey: .large) }
        try values.encode(Self.bytes(of: [sum]), forKey: .sum)
        try values.encode(Self.bytes(of: counted), forKey: .counted)
        try values.encode(Self.bytes(of: positions), forKey: .positions)
    }

    private static func bytes(of values: [some BitwiseCopyable]) -> [UInt8] {
        // BitwiseCopyable: the bytes are the value. Copied within the closure.
        unsafe values.withUnsafeBytes { unsafe [UInt8]($0) }
    }

    private static func values<Value: BitwiseCopyable>(of bytes: [UInt8], as type: Value.Type) -> [Value] {
        let stride = MemoryLayout<Value>.stride
        return unsafe bytes.withUnsafeBytes { bytes in
            // BitwiseCopyable, of the same program; each lies within the bytes.
            (0..<bytes.count / stride).map { unsafe bytes.loadUnaligned(fromByteOffset: $0 * stride, as: Value.self) }
        }
    }
}

/// The counts of several documents together.
struct CountSum: BitwiseCopyable, Sendable {
    var documents = 0
    var letters = LetterCounts()
    var byteCount: UInt64 = 0

    mutating func add(_ letters: LetterCounts, byteCount: UInt64) {
        documents += 1
        self.letters += letters
        self.byteCount += byteCount
    }
}
