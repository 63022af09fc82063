// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// Messages of a fixed size that travel as their bytes; the first eight are a number that is verified.
struct Eight: Codable, Sendable, BitwiseCopyable, Numbered {
    var number: Int
}

struct SixtyFour: Codable, Sendable, BitwiseCopyable, Numbered {
    var number: Int
    var rest: Rest

    struct Rest: Codable, BitwiseCopyable {
        var (a, b, c, d, e, f, g) = (1, 2, 3, 4, 5, 6, 7)
    }

    init(number: Int) {
        self.number = number
        rest = Rest()
    }
}

protocol Numbered: Codable, Sendable {
    init(number: Int)
    var number: Int { get }
}

/// One way: the child sends numbers as fast as it can. Works are not generic here: their code would not be specialized.
struct StreamingEight: Work {
    var sender: SharedQueue<Eight>.Sender
    var count: Int

    func run() throws {
        for number in 0...count { try sender.send(Eight(number: number)) }
    }
}

struct StreamingSixtyFour: Work {
    var sender: SharedQueue<SixtyFour>.Sender
    var count: Int

    func run() throws {
        for number in 0...count { try sender.send(SixtyFour(number: number)) }
    }
}

/// The same, many at once.
struct StreamingBatches: Work {
    var sender: SharedQueue<SixtyFour>.Sender
    var count: Int

    func run() throws {
        for first in stride(from: 0, through: count, by: 64) {
            try sender.send(contentsOf: (first...min(count, first + 63)).map(SixtyFour.init))
        }
    }
}

struct StreamingBytes: Work {
    var sender: SharedQueue<[UInt8]>.Sender
    var byteCount: Int
    var count: Int

    func run() throws {
        var bytes = [UInt8](repeating: 1, count: byteCount)
        for number in 0...count {
            stamp(&bytes, number)
            try sender.send(bytes)
        }
    }
}

/// There and back: the child answers what it gets.
struct AnsweringEight: Work {
    var receiver: SharedQueue<Eight>.Receiver
    var sender: SharedQueue<Eight>.Sender

    func run() throws {
        while let message = try receiver.receive() { try sender.send(message) }
    }
}

struct AnsweringSixtyFour: Work {
    var receiver: SharedQueue<SixtyFour>.Receiver
    var sender: SharedQueue<SixtyFour>.Sender

    func run() throws {
        while let message = try receiver.receive() { try sender.send(message) }
    }
}

struct AnsweringBytes: Work {
    var receiver: SharedQueue<[UInt8]>.Receiver
    var sender: SharedQueue<[UInt8]>.Sender

    func run() throws {
        while let message = try receiver.receive() { try sender.send(message) }
    }
}

private func stamp(_ bytes: inout [UInt8], _ number: Int) {
    for place in 0..<8 { bytes[place] = UInt8(truncatingIfNeeded: number >> (8 * place)) }
}

private func stamp(of bytes: [UInt8]) -> Int {
    (0..<8).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
}

/// A queue between two processes.
enum QueueMeasurement {
    static func run(_ what: String, byteCount: Int, count: Int) throws {
        switch (what, byteCount) {
        case ("stream", 8): try stream(count) { StreamingEight(sender: $0, count: count) }
        case ("stream", 64): try stream(count) { StreamingSixtyFour(sender: $0, count: count) }
        case ("stream", _): try streamBytes(byteCount, count)
        case ("copy", _): try copyBytes(byteCount, count)
        case ("batch", _): try batches(count)
        case ("roundtrip", 8): try roundTrip(count, AnsweringEight.init)
        case ("roundtrip", 64): try roundTrip(count, AnsweringSixtyFour.init)
        default: try roundTripBytes(byteCount, count)
        }
    }

    private static func stream<Message: Numbered & BitwiseCopyable>(
        _ count: Int, _ work: (SharedQueue<Message>.Sender) -> some Work
    ) throws {
        let queue = try SharedQueue<Message>(capacity: 16_384)
        let child = try ChildProcess.start(work(queue.sender), by: .fork)
        try expect(try queue.receiver.receive()?.number, 0)
        let began = ContinuousClock.now
        for number in 1...count { try expect(try queue.receiver.receive()?.number, number) }
        report("stream \(MemoryLayout<Message>.size)", count, since: began)
        _ = try child.wait().get()
    }

    private static func batches(_ count: Int) throws {
        let queue = try SharedQueue<SixtyFour>(capacity: 16_384)
        let child = try ChildProcess.start(StreamingBatches(sender: queue.sender, count: count), by: .fork)
        try expect(try queue.receiver.receive()?.number, 0)
        let began = ContinuousClock.now
        var next = 1
        while next <= count {
            for message in try queue.receiver.receive(upTo: 256) {
                try expect(message.number, next)
                next += 1
            }
        }
        report("batch 64", count, since: began)
        _ = try child.wait().get()
    }

    private static func streamBytes(_ byteCount: Int, _ count: Int) throws {
        let queue = try SharedQueue<[UInt8]>(capacity: 16_384)
        let work = StreamingBytes(sender: queue.sender, byteCount: byteCount, count: count)
        let child = try ChildProcess.start(work, by: .fork)
        try expect(try queue.receiver.receive().map(stamp(of:)), 0)
        let began = ContinuousClock.now
        for number in 1...count { try expect(try queue.receiver.receive().map(stamp(of:)), number) }
        report("stream \(byteCount)", count, since: began)
        _ = try child.wait().get()
    }

    /// As the peer in C does it: out of the queue into a buffer of the receiver's own, which is used again and again.
    private static func copyBytes(_ byteCount: Int, _ count: Int) throws {
        let queue = try SharedQueue<[UInt8]>(capacity: 16_384)
        let work = StreamingBytes(sender: queue.sender, byteCount: byteCount, count: count)
        let child = try ChildProcess.start(work, by: .fork)
        var buffer = [UInt8](repeating: 0, count: byteCount)
        var began = ContinuousClock.now
        for number in 0...count {
            try queue.receiver.receive { span in
                // Both have as many bytes, or the copy stops the program; read and written within the closures.
                unsafe span.withUnsafeBytes { bytes in
                    unsafe buffer.withUnsafeMutableBytes { unsafe $0.copyMemory(from: bytes) }
                }
            }
            try expect(stamp(of: buffer), number)
            // The first says that the other is there.
            if number == 0 { began = ContinuousClock.now }
        }
        report("copy \(byteCount)", count, since: began)
        _ = try child.wait().get()
    }

    private static func roundTrip<Message: Numbered & BitwiseCopyable>(
        _ count: Int, _ work: (SharedQueue<Message>.Receiver, SharedQueue<Message>.Sender) -> some Work
    ) throws {
        let (there, back) = (try SharedQueue<Message>(capacity: 64), try SharedQueue<Message>(capacity: 64))
        let child = try ChildProcess.start(work(there.receiver, back.sender), by: .fork)
        var times: [Double] = []
        for number in 0...count {
            let began = ContinuousClock.now
            try there.sender.send(Message(number: number))
            try expect(try back.receiver.receive()?.number, number)
            times.append((ContinuousClock.now - began).nanoseconds)
        }
        print(Series.line("roundtrip \(MemoryLayout<Message>.size)", Array(times.dropFirst())))
        there.finish()
        _ = try child.wait().get()
    }

    private static func roundTripBytes(_ byteCount: Int, _ count: Int) throws {
        let (there, back) = (try SharedQueue<[UInt8]>(capacity: 64), try SharedQueue<[UInt8]>(capacity: 64))
        let work = AnsweringBytes(receiver: there.receiver, sender: back.sender)
        let child = try ChildProcess.start(work, by: .fork)
        var times: [Double] = []
        var bytes = [UInt8](repeating: 1, count: byteCount)
        for number in 0...count {
            stamp(&bytes, number)
            let began = ContinuousClock.now
            try there.sender.send(bytes)
            try expect(try back.receiver.receive().map(stamp(of:)), number)
            times.append((ContinuousClock.now - began).nanoseconds)
        }
        print(Series.line("roundtrip \(byteCount)", Array(times.dropFirst())))
        there.finish()
        _ = try child.wait().get()
    }

    private static func expect(_ found: Int?, _ expected: Int) throws {
        if found != expected {
            throw BenchmarkFailure("received \(found.map(String.init) ?? "nothing"), not \(expected)")
        }
    }

    private static func report(_ name: String, _ count: Int, since began: ContinuousClock.Instant) {
        print(Series.line(name, [Double(count) / ((ContinuousClock.now - began).nanoseconds / 1e9)]))
    }
}
