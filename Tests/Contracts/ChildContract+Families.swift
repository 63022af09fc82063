// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

extension ChildContract {
    /// Children of children, and children that know one another.
    public static let families: [ChildContract] = [
        ChildContract(
            "may have children that have children",
            origins: ["_test_multiprocessing._TestProcess.test_recursion"]
        ) { method in
            let child = try ChildProcess.start(Branching(place: [], next: nested(in: method)), by: method)
            try requireEqual(try child.wait().get(), [[], [0], [0, 0], [0, 1], [1], [1, 0], [1, 1]])
        },
        ChildContract(
            "takes its own child with it when it is ended",
            origins: ["_test_multiprocessing._TestProcess.test_parent_process"]
        ) { method in
            let channel = try Channel<Int32>()
            let child = try ChildProcess.start(
                Parenting(sender: channel.sender, next: nested(in: method)), by: method)
            channel.sender.finish()
            guard let grandchild = try channel.receiver.receive(timeout: .seconds(60)) else {
                throw Violation("no grandchild")
            }
            try require(grandchild != child.processIdentifier, "it has no process of its own")
            child.terminate()
            try requireEqual(child.waitUntilExit(), .signaled(SIGTERM))
            // Nobody else has a sender: this is the grandchild's end.
            try requireEqual(try channel.receiver.receive(timeout: .seconds(60)), nil)
        },
        ChildContract(
            "gives its own child the queue that it has itself",
            origins: ["_test_multiprocessing.TestStartMethod.test_nested_startmethod"]
        ) { method in
            let queue = try SharedQueue<Int>(capacity: 8)
            let work = SendingAndNesting(sender: queue.sender, number: 2, next: nested(in: method))
            try ChildProcess.start(work, by: method).wait().get()
            try requireEqual([try queue.receive(), try queue.receive()], [2, 1])
            try require(queue.isEmpty, "there is more")
        },
        ChildContract(
            "five generations down has no more descriptors and threads than one of the first",
            origins: ["_test_multiprocessing.TestForkAwareThreadLock.test_lock"]
        ) { method in
            let next = nested(in: method)
            let first = try ChildProcess.start(Descending(generations: 1, next: next), by: next).wait().get()
            let fifth = try ChildProcess.start(Descending(generations: 5, next: next), by: method).wait().get()
            try requireEqual(fifth, first)
        },
        ChildContract(
            "shares what it was given with children by every other method",
            origins: ["_test_multiprocessing.TestStartMethod.test_mixed_startmethod"]
        ) { method in
            // The fork first: this process has one thread as yet.
            let methods = [method] + [.spawn, .forkServer].filter { $0 != method }
            let barrier = try SharedBarrier(parties: methods.count)
            let sum = try SharedMutex(0)
            let children = try methods.map { try ChildProcess.start(MeetingOthers(barrier: barrier, sum: sum), by: $0) }
            let places = try children.map { try $0.wait().get() }
            try requireEqual(places.sorted(), Array(methods.indices))
            try requireEqual(try sum.withLock { $0 }, 1_000 * methods.count)
        },
        ChildContract(
            "may be of a type of one's own, that is spoken with by its methods",
            origins: ["_test_multiprocessing._TestSubclassingProcess.test_subclassing"]
        ) { method in
            let uppercaser = try Uppercaser(by: method)
            try requireEqual(try uppercaser.submit("hello"), "HELLO")
            try requireEqual(try uppercaser.submit("wörld"), "WÖRLD")
            try requireEqual(uppercaser.stop(), .exited(0))
        },
    ]

    /// A forked child has a thread beside its own, so that its children begin by another method.
    private static func nested(in method: StartMethod) -> StartMethod { method == .fork ? .spawn : method }
}

/// Its place in a tree with two branches at each fork and three levels, and then the places below it.
struct Branching: Work {
    var place: [Int]
    var next: StartMethod

    func run() async throws -> [[Int]] {
        var places = [place]
        for branch in 0..<(place.count < 2 ? 2 : 0) {
            let child = try ChildProcess.start(Branching(place: place + [branch], next: next), by: next)
            places += try await child.outcome.get()
        }
        return places
    }
}

struct Parenting: Work {
    var sender: Sender<Int32>
    var next: StartMethod

    func run() async throws {
        let child = try ChildProcess.start(Staying(sender: sender), by: next)
        try await child.outcome.get()
    }
}

/// Says its number, and then nothing more.
struct Staying: Work {
    var sender: Sender<Int32>

    func run() throws {
        try sender.send(getpid())
        while true { pause() }
    }
}

struct SendingAndNesting: Work {
    var sender: SharedQueue<Int>.Sender
    var number: Int
    var next: StartMethod

    func run() async throws {
        try await sender.send(number)
        if number == 1 { return }
        let child = try ChildProcess.start(SendingAndNesting(sender: sender, number: number - 1, next: next), by: next)
        try await child.outcome.get()
    }
}

/// What the last of so many generations has.
struct Descending: Work {
    struct Belongings: Codable, Sendable, Equatable {
        var descriptors: [Int32]
        var threads: Int
    }

    var generations: Int
    var next: StartMethod

    func run() async throws -> Belongings {
        if generations > 1 {
            let child = try ChildProcess.start(Descending(generations: generations - 1, next: next), by: next)
            return try await child.outcome.get()
        }
        return Belongings(
            descriptors: Surroundings().run().descriptors, threads: ProcessFile.names("/proc/self/task").count)
    }
}

struct MeetingOthers: Work {
    var barrier: SharedBarrier
    var sum: SharedMutex<Int>

    func run() throws -> Int {
        let place = try barrier.wait(timeout: .seconds(60))
        for _ in 0..<1_000 { try sum.withLock { $0 += 1 } }
        return place
    }
}

/// A worker of one's own kind: what it does, and how one speaks with it.
struct Uppercaser {
    private struct Failed: Error {}

    private let child: ChildProcess<Void>
    private let connection: Connection<String, String>

    init(by method: StartMethod) throws {
        let (own, other) = try Connection<String, String>.pair()
        child = try ChildProcess.start(Uppercasing(connection: other), by: method)
        other.close()
        connection = own
    }

    func submit(_ text: String) throws -> String {
        try connection.send(text)
        guard let answer = try connection.receive(timeout: .seconds(60)) else { throw Failed() }
        return answer
    }

    func stop() -> ExitStatus {
        connection.finish()
        return child.waitUntilExit()
    }
}

struct Uppercasing: Work {
    var connection: Connection<String, String>

    func run() throws {
        while let text = try connection.receive() { try connection.send(text.uppercased()) }
    }
}
