// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension FileReader {
    /// Reads these files, each to its end, one after the other: what ``read(_:next:into:)`` does for each, with less effort.
    ///
    /// - Parameter end: What became of the file at this position, all of whose pieces the receiver has got just before.
    public func readEach<Receiver: PieceReceiver>(
        of files: FolderFiles, into receiver: inout Receiver,
        end: (Int, Result<FileReading, DocumentFailure>, inout Receiver) -> Void
    ) {
        do throws(SystemFailure) {
            let folder = try FolderHandle(opening: files.folder)
            // One look at the clock for each file: what is done between two of them, short as the files are, does not matter.
            var began = FileSystem.nanoseconds
            files.forEachName { position, name in
                if let result = readListed(name, in: folder, of: files, at: position, since: &began, into: &receiver) {
                    return end(position, result, &receiver)
                }
                end(position, readAlone(files.paths[position], into: &receiver), &receiver)
                began = FileSystem.nanoseconds
            }
        } catch {
            // It may be that only the folder cannot be opened, for example where it may be passed but not listed by now.
            for (position, path) in files.paths.enumerated() {
                end(position, readAlone(path, into: &receiver), &receiver)
            }
        }
    }

    private func readAlone(
        _ path: String, into receiver: inout some PieceReceiver
    ) -> Result<FileReading, DocumentFailure> {
        do throws(DocumentFailure) { return .success(try read(path, into: &receiver)) } catch { return .failure(error) }
    }

    /// A file as almost all are; nil, and nothing is delivered, for one that has something that is to be told or to be treated.
    ///
    /// Of short files the system is not asked what they are, which takes a tenth of the time that it takes to read one: the listing
    /// said that it is a regular file, and whoever gives some bytes and then no more has ended. What has none may be anything.
    private func readListed(
        _ name: Span<UInt8>, in folder: borrowing FolderHandle, of files: FolderFiles, at position: Int,
        since began: inout Int64, into receiver: inout some PieceReceiver
    ) -> Result<FileReading, DocumentFailure>? {
        let most = min(maximumBytes ?? .max, wholeUpTo)
        guard let file = try? ReadableFile(opening: name, in: folder),
            let count = try? fillFirst(
                file, since: &began, readAhead: { readAhead(of: files, after: position, in: folder) }),
            0 < count, UInt64(count) <= most
        else { return nil }
        let isShort = folder.endsWhereReadingIsShort && count < Self.bufferSize
        if isShort || (try? file.hasEnded(after: count)) == true {
            buffer.withPrefix(count) { receiver.receive($0) }
            return .success(.whole(byteCount: UInt64(count)))
        }
        guard let (kind, status) = try? file.status(), kind == .regular, status.byteCount <= most else { return nil }
        defer { began = FileSystem.nanoseconds }
        do throws(DocumentFailure.Reason) {
            return .success(.whole(byteCount: try readAll(of: file, status, startingWith: count, into: &receiver)))
        } catch {
            return .failure(DocumentFailure(document: files.paths[position], reason: error))
        }
    }

    private func readAhead(of files: FolderFiles, after position: Int, in folder: borrowing FolderHandle) {
        files.forEachName(after: position, atMost: Self.readAheadCount) { name in
            // Whatever is wrong with it is told when its turn comes.
            if let file = try? ReadableFile(opening: name, in: folder) { Self.readAhead(file) }
        }
    }
}
