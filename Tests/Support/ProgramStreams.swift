// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The three standard streams of a program: its ends and ours. All are close-on-exec.
struct ProgramStreams {
    /// Descriptors that this process keeps; -1 where there is nothing to keep.
    struct Ours {
        var input: Int32 = -1
        var output: Int32 = -1
        var error: Int32 = -1
    }

    private(set) var ours = Ours()
    private(set) var input: Int32 = -1
    private(set) var output: Int32 = -1
    private(set) var error: Int32 = -1
    /// The terminal that is to control the program's session.
    private(set) var terminal: String?

    init(_ input: Program.Input, _ output: Program.Output, _ error: Program.Output) throws(ProgramError) {
        do {
            switch input {
            case .nothing: self.input = try Self.file("/dev/null", O_RDONLY)
            case .bytes, .text, .open: (self.input, ours.input) = try Self.pipe()
            case .terminal:
                let ends = try Self.terminal()
                (ours.input, self.input, terminal) = (ends.ours, ends.theirs, ends.name)
            }
            // The thread that serves the streams must not block on a program that does not read.
            if ours.input >= 0 { _ = fcntl(ours.input, F_SETFL, O_NONBLOCK) }
            (ours.output, self.output) = try Self.sink(output)
            (ours.error, self.error) = try Self.sink(error)
        } catch {
            closeAll()
            throw error
        }
    }

    func closeTheirs() {
        for descriptor in [input, output, error] where descriptor >= 0 { close(descriptor) }
    }

    func closeAll() {
        closeTheirs()
        for descriptor in [ours.input, ours.output, ours.error] where descriptor >= 0 { close(descriptor) }
    }

    private static func sink(_ output: Program.Output) throws(ProgramError) -> (ours: Int32, theirs: Int32) {
        switch output {
        case .collected:
            let ends = try pipe()
            return (ends.read, ends.write)
        case .terminal:
            let ends = try terminal()
            return (ends.ours, ends.theirs)
        case .file(let path): return (-1, try file(path, O_WRONLY | O_CREAT | O_TRUNC))
        }
    }

    static func pipe() throws(ProgramError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard unsafe GnuFunctions.pipe2(&ends, O_CLOEXEC) == 0 else { throw failure("make a pipe") }
        return (ends[0], ends[1])
    }

    private static func file(_ path: String, _ flags: Int32) throws(ProgramError) -> Int32 {
        let descriptor = unsafe open(path, flags | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure("open \(path)") }
        return descriptor
    }

    private static func terminal() throws(ProgramError) -> (ours: Int32, theirs: Int32, name: String) {
        let master = try file("/dev/ptmx", O_RDWR | O_NOCTTY)
        var number: Int32 = 0
        var locked: Int32 = 0
        // TIOCSPTLCK and TIOCGPTN: macros that the importer cannot read.
        guard unsafe ioctl(master, 0x4004_5431, &locked) == 0, unsafe ioctl(master, 0x8004_5430, &number) == 0 else {
            close(master)
            throw failure("unlock a terminal")
        }
        var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
        _ = unsafe ioctl(master, UInt(TIOCSWINSZ), &size)
        let name = "/dev/pts/\(number)"
        let theirs = unsafe open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard theirs >= 0 else {
            close(master)
            throw failure("open the other side of a terminal")
        }
        return (master, theirs, name)
    }

    private static func failure(_ attempt: String) -> ProgramError {
        .cannotStart("a program", reason: unsafe "cannot \(attempt): \(String(cString: strerror(errno)))")
    }
}
