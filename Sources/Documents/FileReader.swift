// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What gets the bytes of documents, piece by piece.
public protocol PieceReceiver {
    /// The next bytes: any number of them, which are valid only within the call.
    mutating func receive(_ bytes: RawSpan)

    /// Forgets what has come of the present document, which comes anew: it was cut while it was being looked at.
    mutating func restart()
}

/// Reads many files, one after the other, on the calling thread: what ``DocumentReader`` does for one file, without its costs
/// for each.
///
/// A reader belongs to one thread at a time. It keeps one buffer, and no descriptor between two calls. Its calls wait for the
/// disk; a file that is not in memory has those that will be asked for next read ahead meanwhile. Large files that are in memory are
/// looked at where they are, if that is faster than to copy them.
public struct FileReader: ~Copyable {
    /// Large enough that system calls do not matter, small enough to stay in a core's second-level cache beside what
    /// counts it.
    static let bufferSize = 256 << 10
    /// How many files are asked for ahead of a cold one.
    static let readAheadCount = 32
    /// In nanoseconds, ten times what it takes to copy a buffer. Should a thread have been held up for as long, it asks for
    /// what is there already, which does no harm.
    private static let longestFromMemory: Int64 = 200_000

    let maximumBytes: UInt64?
    let wholeUpTo: UInt64
    let buffer = ReadBuffer(byteCount: bufferSize)

    /// Opens nothing.
    ///
    /// - Parameters:
    ///   - limits: Of these only ``ReadLimits/maximumBytes`` means anything for files.
    ///   - wholeUpTo: Files with more bytes are not read but answered as ``FileReading/large(_:)``.
    public init(limits: ReadLimits, wholeUpTo: UInt64 = .max) {
        maximumBytes = limits.maximumBytes
        self.wholeUpTo = wholeUpTo
    }

    /// Reads the file at this path to its end.
    ///
    /// What the receiver has got before an error is not a whole document. A file that changes meanwhile counts with what was there
    /// until its end.
    ///
    /// - Parameter next: The files that are going to be read after this one.
    /// - Throws: ``DocumentFailure`` when it cannot be read completely and within the limits, or the task is cancelled.
    public func read(
        _ path: String, next: ArraySlice<String> = [], into receiver: inout some PieceReceiver
    ) throws(DocumentFailure) -> FileReading {
        do throws(DocumentFailure.Reason) {
            let regular = try LocalReading.openRegularFile(path)
            let status = regular.status
            if let maximumBytes, status.byteCount > maximumBytes { throw .tooLarge(limit: maximumBytes) }
            if status.byteCount > wholeUpTo { return .large(LargeFile(path: path, status: status)) }
            var began = FileSystem.nanoseconds
            let first = try fillFirst(regular.file, since: &began) {
                if status.byteCount > UInt64(Self.bufferSize) { regular.file.adviseSequentialReading() }
                for path in next.prefix(Self.readAheadCount) {
                    // Whatever is wrong with it is told when its turn comes.
                    if let file = try? ReadableFile(opening: path) { Self.readAhead(file) }
                }
            }
            return .whole(byteCount: try readAll(of: regular.file, status, startingWith: first, into: &receiver))
        } catch {
            throw DocumentFailure(document: path, reason: error)
        }
    }

    /// The first bytes. If they had to come from a disk, so will those of the next files, which are asked for then.
    ///
    /// - Parameter began: A moment when nothing was waited for yet; afterwards the next such moment.
    func fillFirst(
        _ file: borrowing ReadableFile, since began: inout Int64, readAhead: () -> Void
    ) throws(DocumentFailure.Reason) -> Int {
        let count = try LocalReading.fill(buffer, from: file)
        let now = FileSystem.nanoseconds
        if now - began > Self.longestFromMemory { readAhead() }
        began = now
        return count
    }

    static func readAhead(_ file: borrowing ReadableFile) { file.adviseReading(0..<UInt64(bufferSize)) }

    /// - Parameter first: How much of it is in the buffer already.
    func readAll(
        of file: borrowing ReadableFile, _ status: FileStatus, startingWith first: Int,
        into receiver: inout some PieceReceiver
    ) throws(DocumentFailure.Reason) -> UInt64 {
        if let maximumBytes, first > maximumBytes { throw .tooLarge(limit: maximumBytes) }
        buffer.withPrefix(first) { receiver.receive($0) }
        // A regular file gives all that it has. Those that say that they are empty may not be: those of /proc.
        if first == 0 || first < Self.bufferSize && 0 < status.byteCount && status.byteCount <= first {
            return UInt64(first)
        }
        return try deliver(file, 0..<UInt64.max, from: UInt64(first), size: status.byteCount, to: &receiver)
    }

    /// What is in this range, from its beginning or from where it has been delivered already; anew if the file is cut.
    ///
    /// - Returns: Behind what byte of the file it ended.
    private func deliver(
        _ file: borrowing ReadableFile, _ range: Range<UInt64>, from start: UInt64, size: UInt64,
        to receiver: inout some PieceReceiver
    ) throws(DocumentFailure.Reason) -> UInt64 {
        var (place, nextMapping) = (start, start)
        while place < range.upperBound {
            if Task.isCancelled { throw .cancelled }
            if place >= nextMapping, place < size {
                nextMapping = min(size, range.upperBound, MappedReading.endOfWindow(at: place))
                switch MappedReading.read(place..<nextMapping, of: file, into: &receiver) {
                case .read:
                    place = nextMapping
                    continue
                case .notMapped: break
                case .torn:
                    receiver.restart()
                    (place, nextMapping) = (range.lowerBound, .max)
                }
            }
            let most = Int(min(UInt64(Self.bufferSize), range.upperBound - place))
            let count = try LocalReading.fill(buffer, atMost: most, from: file, at: place)
            if count == 0 { break }
            place += UInt64(count)
            if let maximumBytes, place > maximumBytes { throw .tooLarge(limit: maximumBytes) }
            buffer.withPrefix(count) { receiver.receive($0) }
            if count < most, 0 < size, size <= place { break }
        }
        return place
    }

    /// Reads a part of a large file.
    ///
    /// - Returns: How many bytes that was: fewer than the part has where the file has become shorter, and more in the last
    ///   part where it has become longer.
    /// - Throws: ``DocumentFailure``, also when another file lies at the path by now.
    public func read(
        _ part: FilePart, into receiver: inout some PieceReceiver
    ) throws(DocumentFailure) -> UInt64 {
        do throws(DocumentFailure.Reason) {
            let regular = try LocalReading.openRegularFile(part.file.path)
            guard regular.status.identity == part.file.status.identity else {
                throw .unreadable("it was replaced while it was read")
            }
            // Each part has a descriptor of its own, with which the system begins anew to read ahead: so it goes further sooner. To
            // have it read the part at once (`POSIX_FADV_WILLNEED`) costs half of the speed with which it is counted the next time,
            // since the file is kept in single pages then.
            regular.file.adviseSequentialReading()
            let range = part.range.lowerBound..<(part.isLast ? .max : part.range.upperBound)
            let end = try deliver(
                regular.file, range, from: range.lowerBound, size: part.file.byteCount, to: &receiver)
            return end - range.lowerBound
        } catch {
            throw DocumentFailure(document: part.file.path, reason: error)
        }
    }
}

/// What became of the reading of a file.
public enum FileReading: Sendable, Hashable {
    /// It was read to its end.
    case whole(byteCount: UInt64)
    /// It is larger than what is to be read at once, and nothing of it was read.
    case large(LargeFile)
}
