// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// The one file of this target that speaks to the operating system.

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

/// One name in a folder. Some file systems do not say the kind with the name; it is `.unknown` then.
struct FolderEntry: Comparable {
    let name: String
    let kind: FileKind
    /// The first eight bytes of the name, as a number whose order is theirs.
    private let prefix: UInt64

    init(name: String, kind: FileKind) {
        self.name = name
        self.kind = kind
        var (prefix, room) = (UInt64(0), 64)
        for byte in name.utf8.prefix(8) {
            room -= 8
            prefix |= UInt64(byte) << UInt64(room)
        }
        self.prefix = prefix
    }

    /// By the names' bytes: not the order of strings, which depends on Unicode's rules. Most names differ in their first
    /// eight bytes, and to compare two strings takes ten times as long.
    static func < (left: FolderEntry, right: FolderEntry) -> Bool {
        left.prefix == right.prefix
            ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8) : left.prefix < right.prefix
    }

    static func == (left: FolderEntry, right: FolderEntry) -> Bool {
        left.prefix == right.prefix && left.name == right.name
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

    /// All names of one folder but `.` and `..`, in no order. No descriptor stays open.
    static func entries(of folder: String) throws(SystemFailure) -> [FolderEntry] {
        guard let stream = unsafe opendir(folder) else { throw SystemFailure(code: errno) }
        // Closed on every way out; the stream is not used afterwards.
        defer { unsafe _ = closedir(stream) }
        var entries: [FolderEntry] = []
        while true {
            // Only errno tells the end from a failure.
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                if errno != 0 { throw SystemFailure(code: errno) }
                return entries
            }
            let name = unsafe Self.name(of: entry)
            if name != ".", name != ".." {
                unsafe entries.append(FolderEntry(name: name, kind: FileKind(entryType: entry.pointee.d_type)))
            }
        }
    }

    /// The entry's name, which the system ends with a zero and which may be longer than the imported tuple says.
    private static func name(of entry: UnsafeMutablePointer<dirent>) -> String {
        guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else {
            preconditionFailure("a field of a C structure has an offset")
        }
        // `d_name` lies within the record that readdir returned, valid until the next readdir of the stream.
        return unsafe String(cString: UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self))
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
