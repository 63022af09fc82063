// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import LetterCounting
import Multiprocessing

/// Documents that go to a worker together.
///
/// Files whose numbers follow one another, as almost all do, travel as their names in one piece: as values of their own each
/// took longer on its way than to be read and counted.
struct SourceBatch: Codable, Sendable {
    private enum Content: Sendable {
        case each([NumberedSource])
        case files([FolderFiles], first: Int)
    }

    private var content: Content

    init(_ sources: [NumberedSource]) { content = .each(sources) }

    /// Files with their numbers from `first` on.
    init(_ files: [FolderFiles], first: Int) { content = .files(files, first: first) }

    var count: Int {
        switch content {
        case .each(let sources): sources.count
        case .files(let files, _): files.reduce(0) { $0 + $1.count }
        }
    }

    /// Those that are only added up, since nobody asks for each; nil unless they were given as such.
    var files: [FolderFiles]? {
        if case .files(let files, _) = content { files } else { nil }
    }

    /// The number of the first one; nil unless they are files.
    var firstIndex: Int? {
        if case .files(_, let first) = content { first } else { nil }
    }

    /// Each by itself; of files they are made anew for each who asks.
    var sources: [NumberedSource] {
        switch content {
        case .each(let sources): sources
        case .files(let files, let first): Self.numbered(files.flatMap(\.paths), from: first)
        }
    }

    private static func numbered(_ paths: [String], from first: Int) -> [NumberedSource] {
        paths.enumerated().map { NumberedSource(index: first + $0, source: .document(.file($1))) }
    }

    // MARK: Coding

    private enum CodingKeys: CodingKey { case sources, first, paths, files }

    /// Each followed by a zero, which no path has in it; nil if they are not all files, one after the other.
    private static func paths(of sources: [NumberedSource]) -> [UInt8]? {
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
        switch content {
        case .files(let files, let first):
            try values.encode(first, forKey: .first)
            try values.encode(files, forKey: .files)
        case .each(let sources):
            guard let paths = Self.paths(of: sources), let first = sources.first else {
                return try values.encode(sources, forKey: .sources)
            }
            try values.encode(first.index, forKey: .first)
            try values.encode(paths, forKey: .paths)
        }
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        guard let first = try values.decodeIfPresent(Int.self, forKey: .first) else {
            content = .each(try values.decode([NumberedSource].self, forKey: .sources))
            return
        }
        if let files = try values.decodeIfPresent([FolderFiles].self, forKey: .files) {
            content = .files(files, first: first)
            return
        }
        let paths = try values.decode([UInt8].self, forKey: .paths)
        content = .each(
            Self.numbered(
                paths.dropLast().split(separator: 0, omittingEmptySubsequences: false).map {
                    String(decoding: $0, as: UTF8.self)
                }, from: first))
    }
}
