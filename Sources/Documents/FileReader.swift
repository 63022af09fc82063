// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Reads many files, one after the other, on the calling thread: what ``DocumentReader`` does for one file, without its costs
/// for each.
///
/// A reader belongs to one thread at a time. It keeps one buffer, and no descriptor between two calls. Its calls wait for the
/// disk; a file that is not in memory has those that will be asked for next read ahead meanwhile.
public struct FileReader: ~Copyable {
    /// Large enough that system calls do not matter, small enough to stay in a core's second-level cache beside what
    /// counts it.
    static let bufferSize = 256 << 10
    /// How many files are asked for ahead of a cold one.
    private static let readAheadCount = 32
    /// In nanoseconds, ten times what it takes to copy a buffer. Should a thread have been held up for as long, it asks for
    /// what is there already, which does no harm.
    private static let longestFromMemory: Int64 = 200_000

    private let maximumBytes: UInt64?
    private let wholeUpTo: UInt64
    private let buffer = ReadBuffer(byteCount: bufferSize)

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
    /// The pieces are of any length and valid only within `update`. What was delivered before an error is not a whole
    /// document. A file that changes meanwhile counts with what was there until its end.
    ///
    /// - Parameter next: The files that are going to be read after this one.
    /// - Throws: ``DocumentFailure`` when it cannot be read completely and within the limits, or the task is cancelled.
    public func read(
        _ path: String, next: ArraySlice<String> = [], update: (RawSpan) -> Void
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
            return .whole(byteCount: try readAll(of: regular.file, status, startingWith: first, update))
        } catch {
            throw DocumentFailure(document: path, reason: error)
        }
    }

    /// Reads these files, each to its end, one after the other: what ``read(_:next:update:)`` does for each, with less effort.
    ///
    /// - Parameters:
    ///   - update: As there.
    ///   - end: What became of the file at this position, whose last piece was delivered just before.
    public func readEach(
        of files: FolderFiles, update: (RawSpan) -> Void, end: (Int, Result<FileReading, DocumentFailure>) -> Void
    ) {
        do throws(SystemFailure) {
            let folder = try FolderHandle(opening: files.folder)
            // One look at the clock for each file: what is done between two of them, short as the files are, does not matter.
            var began = FileSystem.nanoseconds
            files.forEachName { position, name in
                if let result = readListed(name, in: folder, of: files, at: position, since: &began, update) {
                    return end(position, result)
                }
                end(position, readAlone(files.paths[position], update))
                began = FileSystem.nanoseconds
            }
        } catch {
            // It may be that only the folder cannot be opened, for example where it may be passed but not listed by now.
            for (position, path) in files.paths.enumerated() { end(position, readAlone(path, update)) }
        }
    }

    private func readAlone(_ path: String, _ update: (RawSpan) -> Void) -> Result<FileReading, DocumentFailure> {
        Result { () throws(DocumentFailure) in try read(path, update: update) }
    }

    /// A file as almost all are; nil, and nothing is delivered, for one that has something that is to be told or to be treated.
    ///
    /// Of short files the system is not asked what they are, which takes a tenth of the time that it takes to read one: the listing
    /// said that it is a regular file, and whoever gives some bytes and then no more has ended. What has none may be anything.
    private func readListed(
        _ name: Span<UInt8>, in folder: borrowing FolderHandle, of files: FolderFiles, at position: Int,
        since began: inout Int64, _ update: (RawSpan) -> Void
    ) -> Result<FileReading, DocumentFailure>? {
        guard let file = try? ReadableFile(opening: name, in: folder),
            let count = try? fillFirst(
                file, since: &began,
                readAhead: {
                    files.forEachName(after: position, atMost: Self.readAheadCount) { name in
                        if let file = try? ReadableFile(opening: name, in: folder) { Self.readAhead(file) }
                    }
                }), 0 < count, UInt64(count) <= min(maximumBytes ?? .max, wholeUpTo)
        else { return nil }
        let isShort = folder.endsWhereReadingIsShort && count < Self.bufferSize
        if isShort || (try? file.hasEnded(after: count)) == true {
            buffer.withPrefix(count, update)
            return .success(.whole(byteCount: UInt64(count)))
        }
        guard let (kind, status) = try? file.status(), kind == .regular,
            status.byteCount <= min(maximumBytes ?? .max, wholeUpTo)
        else { return nil }
        defer { began = FileSystem.nanoseconds }
        do throws(DocumentFailure.Reason) {
            return .success(.whole(byteCount: try readAll(of: file, status, startingWith: count, update)))
        } catch {
            return .failure(DocumentFailure(document: files.paths[position], reason: error))
        }
    }

    /// - Parameter first: How much of it is in the buffer already.
    private func readAll(
        of file: borrowing ReadableFile, _ status: FileStatus, startingWith first: Int, _ update: (RawSpan) -> Void
    ) throws(DocumentFailure.Reason) -> UInt64 {
        var (byteCount, count) = (UInt64(0), first)
        while count > 0 {
            byteCount += UInt64(count)
            if let maximumBytes, byteCount > maximumBytes { throw .tooLarge(limit: maximumBytes) }
            buffer.withPrefix(count, update)
            // A regular file gives all that it has. Those that say that they are empty may not be: those of /proc.
            if count < Self.bufferSize, status.byteCount > 0, byteCount >= status.byteCount { break }
            if Task.isCancelled { throw .cancelled }
            count = try LocalReading.fill(buffer, from: file)
        }
        return byteCount
    }

    /// The first bytes. If they had to come from a disk, so will those of the next files, which are asked for then.
    ///
    /// - Parameter began: A moment when nothing was waited for yet; afterwards the next such moment.
    private func fillFirst(
        _ file: borrowing ReadableFile, since began: inout Int64, readAhead: () -> Void
    ) throws(DocumentFailure.Reason) -> Int {
        let count = try LocalReading.fill(buffer, from: file)
        let now = FileSystem.nanoseconds
        if now - began > Self.longestFromMemory { readAhead() }
        began = now
        return count
    }

    private static func readAhead(_ file: borrowing ReadableFile) { file.adviseReading(0..<UInt64(bufferSize)) }

    /// Reads a part of a large file.
    ///
    /// - Returns: How many bytes that was: fewer than the part has where the file has become shorter, and more in the last
    ///   part where it has become longer.
    /// - Throws: ``DocumentFailure``, also when another file lies at the path by now.
    public func read(_ part: FilePart, update: (RawSpan) -> Void) throws(DocumentFailure) -> UInt64 {
        do throws(DocumentFailure.Reason) {
            let regular = try LocalReading.openRegularFile(part.file.path)
            guard regular.status.identity == part.file.status.identity else {
                throw .unreadable("it was replaced while it was read")
            }
            return try readPart(part, of: regular.file, update)
        } catch {
            throw DocumentFailure(document: part.file.path, reason: error)
        }
    }

    private func readPart(
        _ part: FilePart, of file: borrowing ReadableFile, _ update: (RawSpan) -> Void
    ) throws(DocumentFailure.Reason) -> UInt64 {
        var place = part.range.lowerBound
        let began = FileSystem.nanoseconds
        while part.isLast || place < part.range.upperBound {
            if Task.isCancelled { throw .cancelled }
            let most = part.isLast ? Self.bufferSize : Int(min(UInt64(Self.bufferSize), part.range.upperBound - place))
            let count = try LocalReading.fill(buffer, atMost: most, from: file, at: place)
            if count == 0 { break }
            if place == part.range.lowerBound, FileSystem.nanoseconds - began > Self.longestFromMemory {
                // From a disk: all of the part at once, since the system by itself begins anew with each descriptor, and goes
                // less far. To ask it for what is in memory takes a tenth of the time that it takes to read it.
                file.adviseReading(part.range)
            }
            place += UInt64(count)
            if let maximumBytes, place > maximumBytes { throw .tooLarge(limit: maximumBytes) }
            buffer.withPrefix(count, update)
        }
        return place - part.range.lowerBound
    }
}

/// What became of the reading of a file.
public enum FileReading: Sendable, Hashable {
    /// It was read to its end.
    case whole(byteCount: UInt64)
    /// It is larger than what is to be read at once, and nothing of it was read.
    case large(LargeFile)
}

/// A file that is read in parts, by several workers.
public struct LargeFile: Codable, Sendable, Hashable {
    /// Where it is.
    public let path: String
    let status: FileStatus

    /// How many bytes it had when it was looked at.
    public var byteCount: UInt64 { status.byteCount }

    /// Its parts, which together are the whole file: the last one ends where the file ends.
    ///
    /// - Parameter byteCount: How many bytes each has, the last one excepted.
    public func parts(of byteCount: UInt64) -> [FilePart] {
        let count = max(1, (self.byteCount + byteCount - 1) / byteCount)
        return (0..<count).map { number in
            let end = min(self.byteCount, (number + 1) * byteCount)
            return FilePart(file: self, range: number * byteCount..<end, isLast: number == count - 1)
        }
    }
}

/// A part of a large file.
public struct FilePart: Codable, Sendable, Hashable {
    /// The whole.
    public let file: LargeFile
    /// Its bytes.
    public let range: Range<UInt64>
    let isLast: Bool
}

/// What the system tells of a file.
struct FileStatus: Codable, Sendable, Hashable {
    /// Tells a file from all others of this machine.
    struct Identity: Codable, Sendable, Hashable {
        var device: UInt64
        var number: UInt64
    }

    var byteCount: UInt64
    var identity: Identity
}
