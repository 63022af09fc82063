// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import LetterCounting
import Multiprocessing

/// Documents that go to a worker together.
///
/// Files whose numbers follow one another, as almost all do, travel as their paths in one piece: as values of their own each
/// took longer on its way than to be read and counted.
struct SourceBatch: Codable, Sendable {
    let sources: [NumberedSource]

    init(_ sources: [NumberedSource]) { self.sources = sources }

    private enum CodingKeys: CodingKey { case sources, first, paths }

    /// Each followed by a zero, which no path has in it; nil if they are not all files, one after the other.
    private var paths: [UInt8]? {
        guard let first = sources.first else { return nil }
        var bytes: [UInt8] = []
        for (position, source) in sources.enumerated() {
            guard source.index == first.index + position, let path = source.source.filePath else { return nil }
            bytes += path.utf8
            bytes.append(0)
        }
        return bytes
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        if let paths, let first = sources.first {
            try values.encode(first.index, forKey: .first)
            try values.encode(paths, forKey: .paths)
        } else {
            try values.encode(sources, forKey: .sources)
        }
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        guard let first = try values.decodeIfPresent(Int.self, forKey: .first) else {
            sources = try values.decode([NumberedSource].self, forKey: .sources)
            return
        }
        let paths = try values.decode([UInt8].self, forKey: .paths)
        sources = paths.dropLast().split(separator: 0, omittingEmptySubsequences: false).enumerated().map {
            NumberedSource(index: first + $0, source: .document(.file(String(decoding: $1, as: UTF8.self))))
        }
    }
}
