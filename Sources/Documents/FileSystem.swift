// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// The one file of this target that speaks to the operating system.

import CMappedFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the system answered instead of doing what it was asked.
struct SystemFailure: Error, Hashable {
    let code: Int32

    /// The path, or a part of it, does not exist.
    var isMissing: Bool { code == ENOENT || code == ENOTDIR }

    /// A folder where a file is needed, before the system had to say so.
    static var isFolder: SystemFailure { SystemFailure(code: EISDIR) }

    /// What the system calls it, for example `Permission denied`.
    var message: String { Self.message(for: code) }

    static func message(for code: Int32) -> String {
        // The buffer is this thread's own and is copied before the next call could change it.
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }

    /// Repeats a call that a signal interrupted; any other -1 is thrown.
    fileprivate static func check<Result: SignedInteger>(_ call: () -> Result) throws(SystemFailure) -> Result {
        while true {
            let result = call()
            if result != -1 { return result }
            let code = errno
            if code != EINTR { throw SystemFailure(code: code) }
        }
    }
}

/// What lies at a path, or at the end of a descriptor.
enum FileKind: Hashable, Sendable {
    case regular, folder, symbolicLink, namedPipe, socket, device, unknown

    /// With its article, for a message.
    var phrase: String {
        switch self {
        case .regular: "a regular file"
        case .folder: "a folder that could not be listed"
        case .symbolicLink: "a symbolic link"
        case .namedPipe: "a named pipe"
        case .socket: "a socket"
        case .device: "a device"
        case .unknown: "of an unknown kind"
        }
    }

    fileprivate init(mode: mode_t) {
        switch mode & S_IFMT {
        case S_IFREG: self = .regular
        case S_IFDIR: self = .folder
        case S_IFLNK: self = .symbolicLink
        case S_IFIFO: self = .namedPipe
        case S_IFSOCK: self = .socket
        case S_IFCHR, S_IFBLK: self = .device
        default: self = .unknown
        }
    }

    fileprivate init(entryType: UInt8) {
        switch Int(entryType) {
        case Int(DT_REG): self = .regular
        case Int(DT_DIR): self = .folder
        case Int(DT_LNK): self = .symbolicLink
        case Int(DT_FIFO): self = .namedPipe
        case Int(DT_SOCK): self = .socket
        case Int(DT_CHR), Int(DT_BLK): self = .device
        default: self = .unknown
        }
    }
}

enum FileSystem {
    /// What a path leads to, through symbolic links.
    static func kind(of path: String) throws(SystemFailure) -> FileKind {
        var status = stat()
        // `status` outlives the call, which fills it in.
        _ = try SystemFailure.check { unsafe stat(path, &status) }
        return FileKind(mode: status.st_mode)
    }

    /// The size of what a path leads to, through symbolic links.
    static func byteCount(of path: String) throws(SystemFailure) -> UInt64 {
        var status = stat()
        // `status` outlives the call, which fills it in.
        _ = try SystemFailure.check { unsafe stat(path, &status) }
        return UInt64(clamping: status.st_size)
    }

    /// What a path itself is: a symbolic link is not followed.
    static func kindWithoutFollowing(_ path: String) throws(SystemFailure) -> FileKind {
        var status = stat()
        // `status` outlives the call, which fills it in.
        _ = try SystemFailure.check { unsafe lstat(path, &status) }
        return FileKind(mode: status.st_mode)
    }

    /// Nanoseconds since some moment (`CLOCK_MONOTONIC`).
    static var nanoseconds: Int64 {
        var time = timespec()
        // Fills in the local value.
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Seconds since 1970 by this machine's clock.
    static var secondsSince1970: Int64 {
        Int64(time(nil))
    }
}

/// The names in a folder, as the system gives them.
@safe final class FolderStream {
    private let stream: OpaquePointer

    init(opening path: String) throws(SystemFailure) {
        // The path is a string for the length of the call; the stream is this object's until its end.
        guard let stream = unsafe opendir(path) else { throw SystemFailure(code: errno) }
        unsafe self.stream = stream
    }

    // Nobody else has it.
    deinit { unsafe _ = closedir(stream) }

    /// Takes in the next names but `.` and `..`, in no order.
    ///
    /// - Returns: Whether there may be more.
    @discardableResult
    func read(into listing: inout FolderListing, atMost count: Int = .max) throws(SystemFailure) -> Bool {
        for _ in 0..<count {
            // Only errno tells the end from a failure.
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                if errno != 0 { throw SystemFailure(code: errno) }
                return false
            }
            let name = unsafe Self.name(of: entry)
            // Copied before the next entry takes its place.
            if unsafe !Self.isOfEveryFolder(name) {
                unsafe listing.append(name, FileKind(entryType: entry.pointee.d_type))
            }
        }
        return true
    }

    /// `.` and `..`.
    private static func isOfEveryFolder(_ name: UnsafeRawBufferPointer) -> Bool {
        let dot = UInt8(ascii: ".")
        // Within the name, whose length is looked at first.
        return unsafe (1...2).contains(name.count) && name[0] == dot && name[name.count - 1] == dot
    }

    /// The entry's name, which the system ends with a zero and which may be longer than the imported tuple says.
    private static func name(of entry: UnsafeMutablePointer<dirent>) -> UnsafeRawBufferPointer {
        guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else {
            preconditionFailure("a field of a C structure has an offset")
        }
        // `d_name` lies within the record that readdir returned, valid until the next readdir of the stream.
        let start = unsafe UnsafeRawPointer(entry).advanced(by: offset)
        return unsafe UnsafeRawBufferPointer(start: start, count: strlen(start.assumingMemoryBound(to: CChar.self)))
    }
}

/// A folder whose files are going to be opened, which then need not be found by their whole paths.
struct FolderHandle: ~Copyable {
    fileprivate let descriptor: Int32
    /// Whether it is known that a file in it that gives fewer bytes than there is room for has come to its end: so it is where a
    /// disk is behind the folder. `/proc` and its like give what they have in pieces, and so may what a program answers for.
    let endsWhereReadingIsShort: Bool

    init(opening path: String) throws(SystemFailure) {
        // The path is a string for the length of the call.
        let descriptor = try SystemFailure.check { unsafe open(path, O_DIRECTORY | O_RDONLY | O_CLOEXEC) }
        self.descriptor = descriptor
        var status = stat()
        // `status` outlives the call, which fills it in. What lies on no disk has devices with the major number 0.
        endsWhereReadingIsShort = unsafe fstat(descriptor, &status) == 0 && status.st_dev >> 8 & 0xFFF != 0
    }

    deinit { _ = close(descriptor) }
}

/// A descriptor that is read from its start to its end, by blocking calls.
struct ReadableFile: ~Copyable {
    private let descriptor: Int32
    private let isOwned: Bool

    /// Opens a path for reading.
    ///
    /// The open never blocks, whatever lies there: a pipe without a writer would hang it otherwise. Ask for ``kind()``
    /// before reading.
    init(opening path: String) throws(SystemFailure) {
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        // The path is a string for the length of the call.
        descriptor = try SystemFailure.check { unsafe open(path, flags) }
        isOwned = true
    }

    /// Opens a file of this folder, in the same way.
    ///
    /// - Parameter name: With a zero at its end.
    init(opening name: Span<UInt8>, in folder: borrowing FolderHandle) throws(SystemFailure) {
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        let folder = folder.descriptor
        descriptor = try SystemFailure.check {
            unsafe name.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { preconditionFailure("a name has at least its zero") }
                // A string in C for the length of the call; bytes and C's characters are one.
                return unsafe openat(folder, start.assumingMemoryBound(to: CChar.self), flags)
            }
        }
        isOwned = true
    }

    /// Reads from a descriptor that belongs to somebody else and stays open.
    init(borrowing descriptor: Int32) {
        self.descriptor = descriptor
        isOwned = false
    }

    /// This process's standard input, which stays open.
    static var standardInput: ReadableFile { ReadableFile(borrowing: STDIN_FILENO) }

    deinit {
        if isOwned { _ = close(descriptor) }
    }

    func status() throws(SystemFailure) -> (kind: FileKind, status: FileStatus) {
        var status = stat()
        // `status` outlives the call, which fills it in.
        _ = try SystemFailure.check { unsafe fstat(descriptor, &status) }
        let identity = FileStatus.Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
        let byteCount = UInt64(clamping: status.st_size)
        return (FileKind(mode: status.st_mode), FileStatus(byteCount: byteCount, identity: identity))
    }

    /// Whether nothing follows behind so many bytes.
    func hasEnded(after count: Int) throws(SystemFailure) -> Bool {
        var byte: UInt8 = 0
        let descriptor = descriptor
        // One byte, into the local value.
        return try SystemFailure.check { unsafe pread(descriptor, &byte, 1, off_t(count)) } == 0
    }

    /// Asks the system to read ahead. It is advice: pipes refuse it, and that is no failure.
    func adviseSequentialReading() {
        #if !canImport(Darwin)
            _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
        #endif
    }

    /// Has the system bring these bytes into memory, and does not wait for them.
    func adviseReading(_ range: Range<UInt64>) {
        #if !canImport(Darwin)
            _ = posix_fadvise(descriptor, off_t(range.lowerBound), off_t(range.count), POSIX_FADV_WILLNEED)
        #endif
    }

    /// Lends these bytes of a regular file where the system keeps them, if they are in memory. They are valid within `body`.
    ///
    /// - Parameter range: Not empty, from a multiple of the page size on.
    /// - Returns: Whether `body` saw nothing but the file's bytes: not if the file has been cut meanwhile. `nil` if they could not be
    ///   lent, and it was not called.
    func lend(_ range: Range<UInt64>, _ body: (RawSpan) -> Void) -> Bool? {
        // From here to the end of the mapping nothing of this thread is suspended, and it is the thread's only one.
        guard let start = unsafe mf_map(descriptor, range.lowerBound, range.count) else { return nil }
        // As many bytes as were mapped, until `mf_unmap`; the span cannot leave `body`.
        body(unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: start, count: range.count)))
        return mf_unmap()
    }

    /// Reads once into `buffer`, waiting where there is nothing yet. 0 is the end.
    ///
    /// - Parameter offset: Where; from where the last read ended if not given.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64? = nil) throws(SystemFailure) -> Int {
        while true {
            do throws(SystemFailure) {
                // The buffer's own base address and length.
                return try SystemFailure.check {
                    guard let offset else { return unsafe systemRead(descriptor, buffer.baseAddress, buffer.count) }
                    return unsafe pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
                }
            } catch {
                // Standard input may have been set to non-blocking by whoever gave it to us.
                guard error.code == EAGAIN else { throw error }
                try waitUntilReadable()
            }
        }
    }

    private func waitUntilReadable() throws(SystemFailure) {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // One request, which outlives the call.
        _ = try SystemFailure.check { unsafe poll(&request, 1, -1) }
    }
}

/// `read(2)` under a name that the methods above do not shadow.
private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    // The caller vouches for `count` writable bytes.
    unsafe read(descriptor, bytes, count)
}
