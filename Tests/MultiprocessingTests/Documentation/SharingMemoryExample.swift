// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing
import Synchronization

// From SharingMemory.md.

struct CountBytes: Work {
    var text: [UInt8]
    var counts: SharedAtomicArray<Int>  // the same memory in every process

    func run() {
        for byte in text { counts[Int(byte)].add(1, ordering: .relaxed) }
    }
}

func byteCounts(of texts: [[UInt8]]) async throws -> [Int] {
    let counts = try SharedAtomicArray(repeating: 0, count: 256)
    try await withWorkerPool(.processes(2)) { pool in
        _ = try await pool.map(texts.map { CountBytes(text: $0, counts: counts) })
    }
    return counts.values
}

struct Stock: BitwiseCopyable, Sendable {
    var ordered = 0
    var delivered = 0
}

struct Deliver: Work {
    var stock: SharedMutex<Stock>

    func run() async throws {
        try await stock.withLock { stock in
            stock.ordered -= 1
            stock.delivered += 1  // a process that is killed before this line leaves half a change
        }
    }
}

func delivered(from stock: SharedMutex<Stock>) async throws -> Int {
    do {
        return try await stock.withLock { $0.delivered }
    } catch .ownerDied {
        try await stock.repair { stock in stock.ordered = max(0, stock.ordered) }  // what is left of it, made whole
        return try await stock.withLock { $0.delivered }
    }
}

struct Checksum: Work {
    var image: SharedMemory
    var part: Range<Int>

    func run() throws -> UInt8 {
        try image.withSpan { bytes in
            // The range lies within the bytes: the sender made both.
            part.reduce(0) { unsafe $0 ^ bytes.unsafeLoad(fromByteOffset: $1, as: UInt8.self) }
        }
    }
}

func checksums(of pixels: [UInt8]) async throws -> [UInt8] {
    let image = try SharedMemory(byteCount: pixels.count)
    try await image.withMutableSpan { bytes in
        for (place, pixel) in pixels.enumerated() { bytes.storeBytes(of: pixel, toByteOffset: place, as: UInt8.self) }
    }
    try await image.sealWrites()  // from here on all read at once, without a lock
    let middle = pixels.count / 2
    let parts = [0..<middle, middle..<pixels.count]
    return try await withWorkerPool(.processes(2)) { pool in
        try await pool.map(parts.map { Checksum(image: image, part: $0) })
    }
}
