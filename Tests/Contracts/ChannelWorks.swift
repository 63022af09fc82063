// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// Sends numbers by the blocking form, and finishes.
struct SendingNumbers: Work {
    var numbers: [Int]
    var sender: Sender<Int>
    func run() throws {
        for number in numbers { try sender.send(number) }
        sender.finish()
    }
}

/// The same by the asynchronous form.
struct SendingAsynchronously: Work {
    var numbers: [Int]
    var sender: Sender<Int>
    func run() async throws {
        for number in numbers { try await sender.send(number) }
        sender.finish()
    }
}

/// Adds up what comes until the end.
struct AddingUp: Work {
    var receiver: Receiver<Int>
    var isBlocking: Bool
    func run() async throws -> Int {
        if isBlocking { return try addBlocking() }
        var sum = 0
        for try await number in receiver { sum += number }
        receiver.close()
        return sum
    }

    private func addBlocking() throws -> Int {
        var sum = 0
        while let number = try receiver.receive() { sum += number }
        receiver.close()
        return sum
    }
}

/// Sends byte arrays of these sizes, all of its own byte.
struct SendingBytes: Work {
    var mark: UInt8
    var sizes: [Int]
    var sender: Sender<[UInt8]>
    func run() throws {
        for size in sizes { try sender.send([UInt8](repeating: mark, count: size)) }
        sender.finish()
    }
}

/// Answers every message with its reversal until the other side finishes.
struct Reversing: Work {
    var connection: Connection<[UInt8], [UInt8]>
    func run() throws -> Int {
        var count = 0
        while let message = try connection.receive() {
            try connection.send(message.reversed())
            count += 1
        }
        connection.close()
        return count
    }
}

/// A message of every kind of content, a handle among it.
struct Parcel: Codable, Sendable {
    var text: String
    var handle: DescriptorHandle?
    var parts: [[Double]]
}

/// Writes the text of each parcel to its handle.
struct Unpacking: Work {
    var receiver: Receiver<Parcel>
    func run() throws -> Int {
        var count = 0
        while let parcel = try receiver.receive() {
            try parcel.handle?.write(parcel.text)
            count += parcel.parts.joined().count
        }
        receiver.close()
        return count
    }
}

/// A channel's sender, in a message in a channel's sender…
struct NestedChannel: Codable, Sendable {
    var inner: Sender<Int>
}

struct Nest: Codable, Sendable {
    var sender: Sender<NestedChannel>
    var receiver: Receiver<NestedChannel>
}

/// Takes a sender out of a message out of a channel that came in a message, and uses it.
struct Unnesting: Work {
    var receiver: Receiver<Nest>
    func run() throws {
        while let nest = try receiver.receive() {
            nest.sender.finish()
            while let nested = try nest.receiver.receive() {
                try nested.inner.send(42)
                nested.inner.finish()
            }
            nest.receiver.close()
        }
        receiver.close()
    }
}

/// Sends something and is killed before it could finish.
struct KilledSender: Work {
    var sender: Sender<Int>
    func run() throws {
        try sender.send(7)
        kill(getpid(), SIGKILL)
    }
}

/// Receives one message and goes.
struct ReceivingOne: Work {
    var receiver: Receiver<Int>
    func run() throws -> Int? {
        let first = try receiver.receive()
        receiver.close()
        return first
    }
}

/// What the coder refuses on arrival.
struct Spiteful: Codable, Sendable {
    var number: Int
    var text = "x"

    init(number: Int) { self.number = number }

    init(from decoder: any Decoder) throws {
        number = try decoder.singleValueContainer().decode(Int.self)
        if number < 0 { throw Oops(detail: "\(number)") }
    }

    func encode(to encoder: any Encoder) throws {
        if number == 0 { throw Oops(detail: "zero") }
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }
}

struct SendingSpitefully: Work {
    var numbers: [Int]
    var sender: Sender<Spiteful>
    func run() throws {
        for number in numbers { try sender.send(Spiteful(number: number)) }
        sender.finish()
    }
}

/// Says who it is, then blocks in a receive or in sends, whatever signals come; how many came.
struct Interrupted: Work {
    /// A message that is not read before the signals have come fills the channel.
    var identity: Sender<Int32>
    var receiver: Receiver<Int>
    var isForReceiving: Bool
    var sender: Sender<Int>

    // Written by the handler of this process only.
    nonisolated(unsafe) private static var signals: Int32 = 0

    func run() throws -> [Int] {
        var action = sigaction()
        // Without SA_RESTART: every call is interrupted.
        unsafe action.__sigaction_handler.sa_handler = { _ in unsafe Interrupted.signals += 1 }
        unsafe sigaction(SIGUSR1, &action, nil)
        try identity.send(getpid())
        if isForReceiving {
            let value = try receiver.receive(timeout: .seconds(60)) ?? -1
            // Read after the signals.
            return [value, Int(unsafe Interrupted.signals)]
        }
        for number in 0..<2000 { try sender.send(number) }
        sender.finish()
        return [2000, Int(unsafe Interrupted.signals)]  // as above
    }
}
