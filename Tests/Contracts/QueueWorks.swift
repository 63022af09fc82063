// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// Receives as many as it is told, in the way that it is told.
struct Taking: Work {
    enum Way: Codable { case blocking, suspending, trying, batch, sequence }

    var receiver: SharedQueue<Int>.Receiver
    var count: Int
    var way = Way.blocking
    var arrived: Heart?

    func run() async throws -> [Int] {
        arrived?.beat()
        switch way {
        case .blocking: return try takeBlocking()
        case .suspending:
            var numbers: [Int] = []
            while numbers.count < count, let number = try await receiver.receive() { numbers.append(number) }
            return numbers
        case .trying: return try takeTrying()
        case .batch:
            var numbers: [Int] = []
            while numbers.count < count {
                let some = try await receiver.receive(upTo: count - numbers.count)
                if some.isEmpty { break }
                numbers += some
            }
            return numbers
        case .sequence:
            var numbers: [Int] = []
            for try await number in receiver {
                numbers.append(number)
                if numbers.count == count { break }
            }
            return numbers
        }
    }

    private func takeBlocking() throws -> [Int] {
        var numbers: [Int] = []
        while numbers.count < count, let number = try receiver.receive() { numbers.append(number) }
        return numbers
    }

    private func takeTrying() throws -> [Int] {
        var numbers: [Int] = []
        while numbers.count < count {
            do throws(ReceiveError) {
                guard let number = try receiver.tryReceive() else { break }
                numbers.append(number)
            } catch {
                guard case .empty = error else { throw error }
                sched_yield()
            }
        }
        return numbers
    }
}

/// Sends a row of numbers, in the way that it is told.
struct Giving: Work {
    enum Way: Codable { case blocking, suspending, trying, batch }

    var sender: SharedQueue<Int>.Sender
    var numbers: Range<Int>
    var way = Way.blocking
    var arrived: Heart?

    func run() async throws {
        arrived?.beat()
        switch way {
        case .blocking: try giveBlocking()
        case .suspending: for number in numbers { try await sender.send(number) }
        case .trying: try giveTrying()
        case .batch: try await sender.send(contentsOf: Array(numbers))
        }
    }

    private func giveBlocking() throws { for number in numbers { try sender.send(number) } }

    private func giveTrying() throws {
        for number in numbers {
            while true {
                do throws(SendError<Int>) {
                    try sender.trySend(number)
                    break
                } catch {
                    guard case .full(number) = error else { throw error }
                    sched_yield()
                }
            }
        }
    }
}

/// One of many that send messages of all sizes.
struct Crate: Codable, Sendable, Equatable {
    var from: Int
    var number: Int
    var load: [UInt8]

    /// What the load of this crate must be.
    static func load(from: Int, _ number: Int) -> [UInt8] {
        // Empty, in the ring, in pages of their own, in the file behind.
        let count = [0, 40, 900, 5_000, 20_000, 70_000][(number &* 7 &+ from) % 6] + number % 8
        return [UInt8](repeating: UInt8(truncatingIfNeeded: from &* 31 &+ number), count: count)
    }

    var isWhole: Bool { load == Self.load(from: from, number) }
}

struct Posting: Work {
    var sender: SharedQueue<Crate>.Sender
    var from: Int
    var count: Int

    func run() async throws {
        for number in 0..<count {
            let crate = Crate(from: from, number: number, load: Crate.load(from: from, number))
            if number % 2 == 0 { try await sender.send(crate) } else { try sendBlocking(crate) }
        }
    }

    private func sendBlocking(_ crate: Crate) throws { try sender.send(crate) }
}

/// Receives until the end; from whom it got which numbers, in order. Throws when one was torn.
struct Collecting: Work {
    var receiver: SharedQueue<Crate>.Receiver

    func run() async throws -> [[Int]] {
        var received: [[Int]] = []
        for try await crate in receiver {
            guard crate.isWhole else { throw Oops(detail: "torn: \(crate.from) \(crate.number)") }
            received.append([crate.from, crate.number])
        }
        return received
    }
}

/// Receives until the end and declares done what it got.
struct Doing: Work {
    var receiver: SharedQueue<Int>.Receiver

    func run() async throws -> Int {
        var sum = 0
        for try await number in receiver {
            sum += number
            receiver.markDone()
        }
        return sum
    }
}

/// Sends some numbers and dies.
struct GivingAndDying: Work {
    var sender: SharedQueue<Int>.Sender
    var count: Int

    func run() throws {
        for number in 0..<count { try sender.send(number) }
        kill(getpid(), SIGKILL)
    }
}

/// Receives some numbers and dies.
struct TakingAndDying: Work {
    var receiver: SharedQueue<Int>.Receiver
    var count: Int

    func run() throws {
        for _ in 0..<count { _ = try receiver.receive() }
        kill(getpid(), SIGKILL)
    }
}

/// Cannot always be encoded or decoded.
struct Touchy: Codable, Sendable, Equatable {
    enum Fault: String, Codable { case none, encoding, decoding }

    var fault: Fault
    /// So that it is not its bytes.
    var name = "touchy"

    init(_ fault: Fault) { self.fault = fault }

    init(from decoder: any Decoder) throws {
        fault = try decoder.singleValueContainer().decode(Fault.self)
        if fault == .decoding { throw Oops(detail: "decoding") }
    }

    func encode(to encoder: any Encoder) throws {
        if fault == .encoding { throw Oops(detail: "encoding") }
        var container = encoder.singleValueContainer()
        try container.encode(fault)
    }
}

/// Sends bytes that it makes in place, and answers what it found in place.
struct EchoingInPlace: Work {
    var receiver: SharedQueue<[UInt8]>.Receiver
    var sender: SharedQueue<[UInt8]>.Sender

    func run() async throws -> Int {
        var sum = 0
        while let byteCount = try await receiver.receive(using: { bytes in
            // Within the span.
            for place in 0..<bytes.byteCount {
                sum += Int(unsafe bytes.unsafeLoad(fromByteOffset: place, as: UInt8.self))
            }
            return bytes.byteCount
        }) {
            try await sender.send(byteCount: byteCount) { bytes in
                for place in 0..<byteCount {
                    bytes.storeBytes(of: UInt8(truncatingIfNeeded: place), toByteOffset: place, as: UInt8.self)
                }
            }
        }
        return sum
    }
}
