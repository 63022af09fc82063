// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing
import Synchronization

/// A number that grows, seen by all threads of one process.
final class Tally: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .sequentiallyConsistent) }

    func add() { count.wrappingAdd(1, ordering: .sequentiallyConsistent) }
}

/// A message of any size without a coder's work; answers how many bytes arrived as they were sent.
struct LargeMessage: Work {
    /// How often one was encoded in this process.
    static let encodings = Tally()

    private var bytes: [UInt8]

    init(byteCount: Int) { bytes = [UInt8](repeating: 7, count: byteCount) }

    static var workCoding: MessageCoding<LargeMessage> {
        MessageCoding(
            encode: {
                encodings.add()
                return $0.bytes
            },
            decode: {
                var message = LargeMessage(byteCount: 0)
                message.bytes = Array($0)
                return message
            })
    }

    func run() -> Int { bytes.count }
}

/// The same on the way back.
struct LargeAnswer: Work {
    var byteCount: Int

    static var outputCoding: MessageCoding<[UInt8]> { MessageCoding(encode: { $0 }, decode: { Array($0) }) }

    func run() -> [UInt8] { [UInt8](repeating: 8, count: byteCount) }
}

/// Ends the process that lets it go, unless it is the one where it was made.
final class Mine: Codable, Sendable {
    private let way: Mishap.Way
    private let maker: Int32

    init(_ way: Mishap.Way) {
        self.way = way
        maker = getpid()
    }

    deinit { if getpid() != maker { try? Mishap(way, while: .running).happens(at: .running) } }
}

struct CarryingMine: Work {
    var mine: Mine
    func run() -> Int { 42 }
}
