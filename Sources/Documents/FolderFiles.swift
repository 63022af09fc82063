// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Files of one folder, one after the other: as many documents as one small value.
///
/// It says nothing of what the files are now: that is found when ``FileReader/readEach(of:update:end:)`` reads them. For files from
/// anywhere there is ``Document``.
public struct FolderFiles: Codable, Sendable, Hashable {
    /// The folder's path, with a slash at its end.
    public let folder: String

    /// How many files these are.
    public let count: Int

    /// The name of each file, followed by a zero, which no name has in it.
    public let names: [UInt8]

    /// Files of this folder.
    ///
    /// - Parameters:
    ///   - folder: With a slash at its end.
    ///   - names: Each followed by a zero, and UTF-8.
    ///   - count: How many zeros there are.
    public init(folder: String, names: ArraySlice<UInt8>, count: Int) {
        self.folder = folder
        self.names = Array(names)
        self.count = count
    }

    /// The files' paths, in their order.
    public var paths: [String] {
        names.dropLast().split(separator: 0, omittingEmptySubsequences: false).map {
            folder + String(decoding: $0, as: UTF8.self)
        }
    }

    /// Calls for each file in turn, with its name as the system takes it: a zero at its end.
    func forEachName(_ body: (Int, Span<UInt8>) -> Void) {
        var start = 0
        for position in 0..<count {
            let end = endOfName(from: start)
            body(position, names.span.extracting(start..<end))
            start = end
        }
    }

    /// The same for some of the files behind this one.
    func forEachName(after position: Int, atMost most: Int, _ body: (Span<UInt8>) -> Void) {
        var start = 0
        for _ in 0...position { start = endOfName(from: start) }
        for _ in 0..<min(most, count - position - 1) {
            let end = endOfName(from: start)
            body(names.span.extracting(start..<end))
            start = end
        }
    }

    private func endOfName(from start: Int) -> Int {
        var end = start
        while names[end] != 0 { end += 1 }
        return end + 1
    }
}
