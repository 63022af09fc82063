// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// Sends one number to a queue.
struct SendingOne: Work {
    var sender: SharedQueue<Int>.Sender
    var number: Int
    func run() async throws { try await sender.send(number) }
}

extension PoolContract {
    public static let queueWaits: [PoolContract] = [
        PoolContract("a queue may be waited for together with channels") { pool in
            let queue = try SharedQueue<Int>(capacity: 4)
            let channel = try Channel<Int>()
            let sources: [any Waitable] = [channel.receiver, queue.receiver]
            try requireEqual(await waitForAny(of: sources, timeout: .zero), [])
            for number in 1...20 {
                async let ready = waitForAny(of: sources)
                try await pool.run(SendingOne(sender: queue.sender, number: number))
                try requireEqual(await ready, [1])
                try requireEqual(try queue.receiver.tryReceive(), number)
            }
            try await channel.sender.send(1)
            try requireEqual(await waitForAny(of: sources), [0])
            queue.finish()
            try requireEqual(await waitForAny(of: sources), [0, 1])
            try requireEqual(try await queue.receiver.receive(), nil)
        },
        PoolContract("a receiver that sleeps is not robbed of its wake-up by one that only looks") { pool in
            let queue = try SharedQueue<Int>(capacity: 4)
            for number in 1...20 {
                async let ready = waitForAny(of: [queue])
                async let received = queue.receiver.receive(timeout: .seconds(20))
                try await pool.run(SendingOne(sender: queue.sender, number: number))
                try requireEqual(try await received, number)
                // What it waits for is over by now; another one lets it go.
                try await queue.sender.send(0)
                try requireEqual(await ready, [0])
                try requireEqual(try queue.receiver.tryReceive(), 0)
            }
        },
    ]
}
