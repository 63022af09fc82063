// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
public import Multiprocessing
public import Synchronization

/// Says that it runs, then heeds its cancellation.
public struct Heeding: Work {
    var heart: Heart

    public init(_ heart: Heart) { self.heart = heart }

    public func run() async throws {
        heart.beat()
        while true { try await Task.sleep(for: .seconds(1_000)) }  // allowed: sleep is the subject
    }
}

/// Says that it runs, starts a program that would run for long, and heeds nothing.
public struct Heedless: Work {
    var heart: Heart
    /// The program's process, as soon as it is there.
    var program: SharedAtomic<Int>

    public init(_ heart: Heart, program: SharedAtomic<Int>) {
        self.heart = heart
        self.program = program
    }

    public func run() {
        let child = fork()
        if child == 0 { while true { pause() } }
        program[].store(Int(child), ordering: .sequentiallyConsistent)
        heart.beat()
        while true { pause() }
    }
}

/// Does nothing for ever.
public struct Hanging: Work {
    public init() {}
    public func run() { while true { pause() } }
}

/// Kills its worker until it has been tried so often.
public struct Persistent: Work {
    var heart: Heart
    var succeedsAt: Int

    public static var isIdempotent: Bool { true }

    public init(_ heart: Heart, succeedsAt: Int) {
        self.heart = heart
        self.succeedsAt = succeedsAt
    }

    public func run() -> Int {
        heart.beat()
        if heart.beats < succeedsAt { raise(SIGKILL) }
        return heart.beats
    }
}

/// Waits for an event without heeding anything else.
public struct AwaitingEvent: Work {
    var heart: Heart
    var event: SharedEvent

    public init(_ heart: Heart, _ event: SharedEvent) {
        self.heart = heart
        self.event = event
    }

    public func run() -> Int32 {
        heart.beat()
        _ = event.wait()
        return getpid()
    }
}

/// Which one it is to run, counted over all.
public struct TakingANumber: Work {
    var numbers: SharedAtomic<Int>

    public init(_ numbers: SharedAtomic<Int>) { self.numbers = numbers }

    public func run() -> Int {
        numbers[].wrappingAdd(1, ordering: .sequentiallyConsistent).newValue
    }
}

/// The process that it ran in.
public struct NamingItsProcess: Work {
    public init() {}
    public func run() -> Int32 { getpid() }
}

/// Keeps so much memory for the rest of its worker's life.
public struct Hoarding: Work {
    private static let hoard = Mutex<[[UInt8]]>([])
    var byteCount: Int

    public init(byteCount: Int) { self.byteCount = byteCount }

    public func run() -> Int32 {
        Self.hoard.withLock { $0.append([UInt8](repeating: 1, count: byteCount)) }
        return getpid()
    }
}

/// Traps.
public struct Trapping: Work {
    public init() {}
    public func run() { fatalError("on purpose") }
}

/// Traps, and is described by what its pool is doing.
public struct Curious: Work, CustomStringConvertible {
    static let pool = Mutex<ProcessPool?>(nil)

    public init() {}

    /// Which pool that is.
    public static func set(_ pool: ProcessPool?) { Self.pool.withLock { $0 = pool } }

    public var description: String { "Curious of \(Self.pool.withLock(\.self)?.counts.workers ?? -1)" }
    public func run() { fatalError("on purpose") }
}

/// What a worker was told at its beginning.
public enum Preparation {
    static let said = Mutex("nothing")

    /// Tells it.
    public struct Saying: Work {
        var text: String
        var heart: Heart?

        public init(_ text: String, heart: Heart? = nil) {
            self.text = text
            self.heart = heart
        }

        public func run() {
            heart?.beat()
            Preparation.said.withLock { $0 = text }
        }
    }

    /// Asks for it.
    public struct Asking: Work {
        public init() {}
        public func run() -> String { Preparation.said.withLock(\.self) }
    }

    struct Reason: Error, CustomStringConvertible { let description: String }

    /// Cannot be done.
    public struct Failing: Work {
        public init() {}
        public func run() throws { throw Reason(description: "no database") }
    }
}

/// How deep its worker is in workers, by pools that are made until one is refused.
public struct NestingWithoutEnd: Work {
    public init() {}

    public func run() async throws -> Int {
        do {
            return try await withWorkerPool(.processes(1)) { pool in try await pool.run(NestingWithoutEnd()) } + 1
        } catch let failure as StartFailure {
            guard case .nestedTooDeeply(let levels) = failure else { throw failure }
            return levels * 100
        }
    }
}

/// Gives the pool of threads that it runs on more work, as often as there are threads and more.
public struct FeedingItsPool: Work {
    static let pool = Mutex<ThreadPool?>(nil)
    var depth: Int

    public init(depth: Int) { self.depth = depth }

    /// Which pool that is.
    public static func set(_ pool: ThreadPool?) { Self.pool.withLock { $0 = pool } }

    public func run() async throws -> Int {
        guard depth > 0, let pool = Self.pool.withLock(\.self) else { return 1 }
        let below = try await pool.map([FeedingItsPool(depth: depth - 1), FeedingItsPool(depth: depth - 1)])
        return below.reduce(1, +)
    }
}
