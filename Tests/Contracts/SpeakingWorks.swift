// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
public import Multiprocessing

/// Writes to a stream without any buffer, in the pieces it is given.
enum Raw {
    static func write(_ text: String, to stream: Int32) {
        let bytes = Array(text.utf8)
        // Reads count bytes of the array.
        _ = unsafe Glibc.write(stream, bytes, bytes.count)
    }
}

/// Says something on both streams: whole lines, pieces of a line, and a last line without an end.
public struct Speaking: Work {
    public var word: String
    public init(word: String) { self.word = word }

    public func run() -> Int32 {
        print("\(word) printed")
        for piece in [word, " in", " pieces\n", "\(word) with CR\r\n", "\n"] { Raw.write(piece, to: 2) }
        print(word, "and", "more")
        Raw.write("\(word) unended", to: 2)
        return getpid()
    }
}

/// Writes a line to standard error.
struct Muttering: Work {
    var text: String
    func run() { Raw.write(text + "\n", to: 2) }
}

/// Writes many numbered lines to both streams; those to standard error in pieces.
public struct Chattering: Work {
    public var number: Int
    public var lineCount: Int
    public init(number: Int, lineCount: Int) {
        self.number = number
        self.lineCount = lineCount
    }

    public func run() {
        for line in 0..<lineCount {
            print("worker \(number)", terminator: " ")
            print("says line \(line).")
            Raw.write("worker \(number) ", to: 2)
            Raw.write("says line \(line).\n", to: 2)
        }
    }
}

/// Writes so many bytes to standard error, in lines of 10,000.
public struct Flooding: Work {
    public var byteCount: Int
    public init(byteCount: Int) { self.byteCount = byteCount }

    public func run() {
        let line = String(repeating: "x", count: 9_999) + "\n"
        for _ in 0..<(byteCount / 10_000) { Raw.write(line, to: 2) }
    }
}

/// Has a program of its own write to both streams.
public struct SpeakingThroughProgram: Work {
    public init() {}

    public func run() {
        // The command is a literal.
        _ = unsafe system("echo out of a program; echo trouble of a program >&2")
    }
}

/// Dies in many ways, at a place with a name.
public struct Crashing: Work {
    public enum Way: String, Codable, CaseIterable, Sendable {
        case fatalError, precondition, index, cast, abort, exit, kill, stackOverflow, nullPointer, elsewhere
    }

    public var way: Way
    public init(_ way: Way) { self.way = way }

    public func run() -> Int { fall(0) }

    @inline(never) private func fall(_ depth: Int) -> Int {
        switch way {
        case .fatalError: fatalError("the reactor is on fire")
        case .precondition: precondition(depth > 0, "the reactor is cold")
        case .index: return [Int]()[Int(CommandLine.argc)]
        case .cast:
            // Not to be foreseen: a cast that can only fail is a plain trap. That it fails is the subject.
            // swift-format-ignore: NeverForceUnwrap
            return (CommandLine.argc > 0 ? way as Any : depth) as! Int
        case .abort: Glibc.abort()
        case .exit: Glibc.exit(3)
        case .kill: Glibc.kill(getpid(), SIGKILL)
        case .stackOverflow: return overflow(depth) + depth
        // The point is to touch what is not there.
        case .nullPointer: return unsafe UnsafePointer<Int>(bitPattern: 8 + depth)?.pointee ?? 0
        case .elsewhere: return onOtherThread(depth)
        }
        return 0
    }

    @inline(never) private func overflow(_ depth: Int) -> Int {
        // Not a tail call, and not to be foreseen.
        depth < 0 ? 0 : overflow(depth + 1) + Int(CommandLine.argc)
    }

    /// The process dies of a thread that is not the work's.
    private func onOtherThread(_ depth: Int) -> Int {
        var thread = pthread_t()
        // The thread gets nothing and is waited for.
        unsafe pthread_create(&thread, nil, { _ in fatalError("another thread is on fire") }, nil)
        pthread_join(thread, nil)
        return depth
    }
}
