// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Reads files and standard input, piece by piece, on the calling thread.
enum LocalReading {
    /// Large enough that system calls do not matter, small enough to stay in a core's cache.
    static let bufferSize = 256 << 10

    /// Reads until the end: a file that grows or shrinks meanwhile counts with what was there.
    static func read<State>(
        _ file: borrowing ReadableFile, maximumBytes: UInt64?, into initial: () -> State,
        update: (inout State, RawSpan) -> Void
    ) throws(DocumentFailure.Reason) -> (state: State, byteCount: UInt64) {
        file.adviseSequentialReading()
        let buffer = ReadBuffer(byteCount: bufferSize)
        var state = initial()
        var byteCount: UInt64 = 0
        while true {
            if Task.isCancelled { throw .cancelled }
            let count = try fill(buffer, from: file)
            if count == 0 { return (state, byteCount) }
            byteCount += UInt64(count)
            if let maximumBytes, byteCount > maximumBytes { throw .tooLarge(limit: maximumBytes) }
            buffer.withPrefix(count) { update(&state, $0) }
        }
    }

    /// - Parameters:
    ///   - most: At most so many bytes; as many as there is room for if not given.
    ///   - offset: Where in the file; where the last read ended if not given.
    static func fill(
        _ buffer: borrowing ReadBuffer, atMost most: Int = .max, from file: borrowing ReadableFile,
        at offset: UInt64? = nil
    ) throws(DocumentFailure.Reason) -> Int {
        do throws(SystemFailure) {
            // The buffer is alive for the whole call and nothing else has its address; a part of it lies within.
            let room = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer.bytes.prefix(most))
            return unsafe try file.read(into: room, at: offset)
        } catch {
            throw .unreadable("reading failed: \(error.message)")
        }
    }

    static func openRegularFile(
        _ path: String
    ) throws(DocumentFailure.Reason) -> RegularFile {
        do throws(SystemFailure) {
            let file = try ReadableFile(opening: path)
            let (kind, status) = try file.status()
            if kind == .regular { return RegularFile(file: file, status: status) }
            throw SystemFailure.wrongKind
        } catch {
            throw reason(for: error, opening: path)
        }
    }

    private static func reason(for failure: SystemFailure, opening path: String) -> DocumentFailure.Reason {
        if failure.isMissing {
            // A name whose bytes are no UTF-8 was repaired while the folder was listed and cannot be found again.
            return path.unicodeScalars.contains("\u{FFFD}")
                ? .unreadable("its name is not valid UTF-8; rename it") : .noSuchFile
        }
        // A socket cannot be opened at all, so what it is has to be asked separately.
        if let kind = try? FileSystem.kind(of: path), kind != .regular {
            if kind != .folder || failure == .wrongKind { return .notARegularFile(kind: kind.phrase) }
            return .unreadable("the folder cannot be listed: \(failure.message)")
        }
        return .unreadable("opening failed: \(failure.message)")
    }
}

extension SystemFailure {
    /// Opened, but not what can be read; no system call answers with this code.
    fileprivate static let wrongKind = SystemFailure(code: 0)
}

/// A regular file that is open for reading, and what the system told of it then.
struct RegularFile: ~Copyable {
    let file: ReadableFile
    let status: FileStatus
}

/// Memory that is filled again and again. It is not cleared first: most files are far smaller than it.
@safe struct ReadBuffer: ~Copyable {
    let bytes: UnsafeMutableRawBufferPointer

    init(byteCount: Int) {
        unsafe bytes = .allocate(byteCount: byteCount, alignment: 64)
    }

    deinit {
        // Allocated by `init`, and nobody can hold a span of it any longer.
        unsafe bytes.deallocate()
    }

    /// Lends the first `count` bytes, which must have been written.
    func withPrefix(_ count: Int, _ body: (RawSpan) -> Void) {
        // The span cannot leave `body`, and `self`, which owns the memory, is alive until `body` returns.
        body(unsafe RawSpan(_unsafeBytes: bytes[..<count]))
    }
}
