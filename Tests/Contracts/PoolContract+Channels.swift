// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

extension PoolContract {
    /// Channels between workers, and between them and this process.
    public static let channels: [PoolContract] = [
        PoolContract("messages of several senders all arrive, each sender's in order", workers: 3) { pool in
            let channel = try Channel<Int>()
            let works = try (0..<3).map { worker in
                SendingNumbers(numbers: (0..<500).map { worker * 1000 + $0 }, sender: try channel.sender.duplicate())
            }
            channel.sender.finish()
            async let sent: [Void] = pool.map(works)
            var last = [-1, -1, -1]
            for try await number in channel.receiver {
                try require(number % 1000 == last[number / 1000] + 1, "\(number) came after \(last)")
                last[number / 1000] = number % 1000
                if last == [499, 499, 499] { break }
            }
            _ = try await sent
        },
        PoolContract("the conversation ends when every sender has finished", workers: 2) { pool in
            let channel = try Channel<Int>()
            let works = Once(
                try (0..<2).map { _ in
                    SendingAsynchronously(numbers: Array(1...300), sender: try channel.sender.duplicate())
                })
            channel.sender.finish()
            let (total, sent) = try await run(works, while: { try await sum(channel.receiver) }, in: pool)
            try requireEqual(total, 2 * 45_150)
            try requireEqual(sent, 2)
        },
        PoolContract("workers talk to workers", workers: 2) { pool in
            for isBlocking in [true, false] {
                let channel = try Channel<Int>()
                let work = Once(AddingUp(receiver: try channel.receiver.duplicate(), isBlocking: isBlocking))
                async let sum = pool.run(try work.take())
                try await pool.run(SendingNumbers(numbers: Array(1...1000), sender: channel.sender))
                channel.sender.finish()
                channel.receiver.close()
                try requireEqual(try await sum, 500_500)
            }
        },
        PoolContract(
            "messages of any size never mix, whoever else sends", workers: 3,
            origins: [
                "_test_multiprocessing._TestConnection.test_sendbytes",
                "_test_multiprocessing._TestPoll.test_dont_merge",
                "_test_multiprocessing._TestPoll.test_boundaries",
            ]
        ) { pool in
            let channel = try Channel<[UInt8]>()
            let sizes = [0, 1, 2_000, 65_535, 65_536, 65_537, 131_072, 700_001, 3, 0, 1_500_000]
            let works = Once(
                try (1...3).map {
                    SendingBytes(mark: UInt8($0), sizes: sizes, sender: try channel.sender.duplicate())
                })
            channel.sender.finish()
            let (found, _) = try await run(works, while: { try await sizesByMark(channel.receiver) }, in: pool)
            for mark in 1...3 { try requireEqual(found[mark], sizes.filter { $0 > 0 }) }
            try requireEqual(found[0], [Int](repeating: 0, count: 6))
        },
        PoolContract(
            "a connection answers, and says when the other side has gone",
            origins: [
                "_test_multiprocessing._TestConnection.test_connection",
                "_test_multiprocessing._TestConnection.test_spawn_close",
                "_test_multiprocessing._TestListenerClient.test_listener_client",
            ]
        ) { pool in
            let (here, there) = try Connection<[UInt8], [UInt8]>.pair()
            let work = Once(Reversing(connection: try there.duplicate()))
            async let count = pool.run(try work.take())
            there.close()
            for size in [0, 3, 100_000, 5_000_000] {
                let message = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                try await here.send(message)
                try require(try await here.receive() == message.reversed(), "\(size) bytes came back otherwise")
            }
            here.finish()
            try requireEqual(try await count, 4)
            try requireEqual(try await here.receive(), nil)
        },
        PoolContract(
            "messages carry handles",
            origins: [
                "_test_multiprocessing._TestConnection.test_fd_transfer",
                "_test_multiprocessing._TestPicklingConnections.test_access",
            ]
        ) { pool in
            let channel = try Channel<Parcel>()
            let pipe = try HandlePipe()
            let large = [Double](repeating: 0.5, count: 50_000)
            let work = Once(Unpacking(receiver: try channel.receiver.duplicate()))
            async let count = pool.run(try work.take())
            let contents: [(String, [[Double]])] = [("a", [[]]), ("b", [large]), ("c", [[1], [2, 3]])]
            for (text, parts) in contents {
                let handle = try DescriptorHandle(duplicating: pipe.writing.number)
                try await channel.sender.send(Parcel(text: text, handle: handle, parts: parts))
            }
            try await channel.sender.send(Parcel(text: "", parts: []))
            channel.sender.finish()
            try requireEqual(try await count, 50_003)
            try pipe.writing.write("!")
            try requireEqual(try pipe.reading.readSome(), "abc!")
        },
        PoolContract(
            "a channel goes over a channel, to any depth",
            origins: ["_test_multiprocessing._TestPicklingConnections.test_pickling"]
        ) { pool in
            let outer = try Channel<Nest>()
            let middle = try Channel<NestedChannel>()
            let inner = try Channel<Int>()
            let work = Once(Unnesting(receiver: try outer.receiver.duplicate()))
            async let end: Void = pool.run(try work.take())
            try await middle.sender.send(NestedChannel(inner: inner.sender))
            inner.sender.finish()
            try await outer.sender.send(Nest(sender: middle.sender, receiver: middle.receiver))
            middle.sender.finish()
            middle.receiver.close()
            outer.sender.finish()
            try requireEqual(try await inner.receiver.receive(), 42)
            try requireEqual(try await inner.receiver.receive(), nil)
            try await end
        },
        PoolContract(
            "what was sent arrives although its sender is gone",
            origins: ["_test_multiprocessing._TestListenerClient.test_issue14725"]
        ) { pool in
            let channel = try Channel<Int>()
            try await pool.run(SendingNumbers(numbers: [1, 2, 3], sender: try channel.sender.duplicate()))
            channel.sender.finish()
            try requireEqual(try await sum(channel.receiver), 6)
        },
        PoolContract(
            "a handle may have any number here",
            origins: ["_test_multiprocessing._TestConnection.test_large_fd_transfer"]
        ) { pool in
            let pipe = try HandlePipe()
            let channel = try Channel<Parcel>()
            let number = fcntl(pipe.writing.number, F_DUPFD_CLOEXEC, 700)
            try require(number >= 700, "no descriptor: errno \(errno)")
            try await channel.sender.send(Parcel(text: "large", handle: DescriptorHandle(owning: number), parts: []))
            channel.sender.finish()
            let work = Once(Unpacking(receiver: try channel.receiver.duplicate()))
            channel.receiver.close()
            try requireEqual(try await pool.run(try work.take()), 0)
            try requireEqual(try pipe.reading.readSome(), "large")
        },
        PoolContract("a message that cannot be decoded fails alone") { pool in
            let channel = try Channel<Spiteful>()
            let work = Once(SendingSpitefully(numbers: [1, -2, 3], sender: try channel.sender.duplicate()))
            async let sent: Void = pool.run(try work.take())
            try requireEqual(try await channel.receiver.receive()?.number, 1)
            do {
                throw Violation("found \(String(describing: try await channel.receiver.receive()))")
            } catch ReceiveError.notDecoded(let reason) {
                try requireEqual(reason as? Oops, Oops(detail: "-2"))
            }
            try requireEqual(try await channel.receiver.receive()?.number, 3)
            try await sent
        },
        PoolContract("senders learn that the last receiver is gone", workers: 1) { pool in
            let channel = try Channel<Int>()
            let work = Once(ReceivingOne(receiver: try channel.receiver.duplicate()))
            async let first = pool.run(try work.take())
            channel.receiver.close()
            try await channel.sender.send(5)
            try requireEqual(try await first, 5)
            do {
                // The room is limited, so this ends even if it should never be told.
                for number in 0..<100_000 { try channel.sender.trySend(number) }
                throw Violation("nobody can receive, and everything was sent")
            } catch SendError<Int>.disconnected {
            }
        },
    ]

    /// What only processes can owe.
    public static let channelsOfProcesses: [PoolContract] = [
        PoolContract("a sender that is killed ends the conversation") { pool in
            let channel = try Channel<Int>()
            let work = Once(KilledSender(sender: try channel.sender.duplicate()))
            channel.sender.finish()
            _ = try await report(of: try work.take(), in: pool)
            try requireEqual(try await channel.receiver.receive(), 7)
            try requireEqual(try await channel.receiver.receive(), nil)
        },
        PoolContract(
            "a signal interrupts neither a receive nor a wait",
            origins: [
                "_test_multiprocessing._TestPollEintr.test_poll_eintr",
                "_test_multiprocessing.TestIgnoreEINTR.test_ignore",
                "_test_multiprocessing.TestIgnoreEINTR.test_ignore_listener",
            ]
        ) { pool in
            for isForReceiving in [true, false] {
                let (identity, numbers, back) = (try Channel<Int32>(), try Channel<Int>(), try Channel<Int>())
                let work = Once(
                    Interrupted(
                        identity: try identity.sender.duplicate(), receiver: try numbers.receiver.duplicate(),
                        isForReceiving: isForReceiving, sender: try back.sender.duplicate()))
                back.sender.finish()
                let result = Task { try await pool.run(try work.take()) }
                guard let process = try await identity.receiver.receive() else { throw Violation("no identity") }
                for _ in 0..<20 {
                    kill(process, SIGUSR1)
                    for _ in 0..<50 { await Task.yield() }
                }
                try await numbers.sender.send(5)
                let total = try await sum(back.receiver)
                let found = try await result.value
                try requireEqual(found[0], isForReceiving ? 5 : 2000)
                try requireEqual(total, isForReceiving ? 0 : 1_999_000)
                try require(found[1] > 0, "no signal came")
            }
        },
        PoolContract("a sender that is dropped counts as finished, without a word") { pool in
            let channel = try Channel<Int>()
            let work = Once(Dropping(sender: try channel.sender.duplicate()))
            channel.sender.finish()
            try await pool.run(try work.take())
            try requireEqual(try await channel.receiver.receive(), 1)
            try requireEqual(try await channel.receiver.receive(), nil)
        },
    ]
}

/// Sends one message and says no more.
struct Dropping: Work {
    var sender: Sender<Int>
    func run() async throws { try await sender.send(1) }
}

/// Runs the works and something beside them; its result and the number of works.
private func run<Result: Sendable, W: Work>(
    _ works: Once<[W]>, while body: @escaping @Sendable () async throws -> Result, in pool: any WorkerPool
) async throws -> (Result, Int) {
    // A task, which lets go of the works when they are done: a sender that this process still has is a sender. An
    // `async let` would hold them until it is awaited.
    let outputs = Task { try await pool.map(try works.take(), lookAhead: 8) }
    let result = try await body()
    return (result, try await outputs.value.count)
}

private func sum(_ receiver: Receiver<Int>) async throws -> Int {
    var sum = 0
    for try await number in receiver { sum += number }
    return sum
}

/// The sizes of the messages of each mark, in order; of the empty ones under 0.
private func sizesByMark(_ receiver: Receiver<[UInt8]>) async throws -> [Int: [Int]] {
    var found: [Int: [Int]] = [:]
    for try await message in receiver {
        let mark = message.first ?? 0
        try require(message.allSatisfy { $0 == mark }, "two messages were mixed")
        found[Int(mark), default: []].append(message.count)
    }
    return found
}
