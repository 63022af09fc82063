// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// Takes blocks of many sizes, fills each with a mark of its own, and frees those whose turn it is. Answers the rest.
struct HeapCrowding: Work {
    var heap: SharedHeap
    var mark: UInt8

    func run() async throws -> [SharedHeap.Block] {
        var kept: [SharedHeap.Block] = []
        for round in 0..<200 {
            let block = try await heap.allocate(byteCount: (round * 37 + Int(mark) * 11) % 300)
            fill(block)
            kept.append(block)
            if kept.count > 12 {
                let old = kept.remove(at: round * 7 % kept.count)
                guard isFilled(old) else { throw Oops(detail: "somebody wrote into a block of \(mark)") }
                try await heap.free(old)
            }
        }
        guard kept.allSatisfy(isFilled) else { throw Oops(detail: "somebody wrote into a block of \(mark)") }
        return kept
    }

    private func fill(_ block: SharedHeap.Block) {
        // The block is this work's own.
        _ = unsafe heap.withUnsafeMutableBytes(of: block) {
            unsafe $0.initializeMemory(as: UInt8.self, repeating: mark)
        }
    }

    private func isFilled(_ block: SharedHeap.Block) -> Bool {
        // As above.
        unsafe heap.withUnsafeMutableBytes(of: block) { bytes in unsafe bytes.allSatisfy { $0 == mark } }
    }
}

extension PoolContract {
    public static let heap: [PoolContract] = [
        PoolContract(
            "the blocks of a heap never overlap, whoever takes them, and become one again when all are freed",
            origins: ["_test_multiprocessing._TestHeap.test_heap"]
        ) { pool in
            let heap = try SharedHeap(byteCount: 64 << 10)
            let whole = try await heap.largestFreeByteCount()
            let kept = try await pool.map((1...6).map { HeapCrowding(heap: heap, mark: $0) })
            // In order of their places none begins before the one in front has ended.
            let blocks = kept.flatMap { $0 }.sorted { $0.offset < $1.offset }
            for (one, next) in zip(blocks, blocks.dropFirst()) {
                try require(one.offset + one.byteCount <= next.offset, "\(one) and \(next) overlap")
            }
            for (mark, blocks) in zip(UInt8(1)..., kept) {
                for block in blocks {
                    // Nobody writes any more.
                    let isWhole = unsafe heap.withUnsafeMutableBytes(of: block) { bytes in
                        unsafe bytes.allSatisfy { $0 == mark }
                    }
                    try require(isWhole, "a block of \(mark) was written to by another")
                }
            }
            // Not in the order of their places, so that neighbours are free on either side.
            for block in blocks.enumerated().sorted(by: { $0.offset % 3 < $1.offset % 3 }).map(\.element) {
                try await heap.free(block)
            }
            try requireEqual(try await heap.largestFreeByteCount(), whole)
        }
    ]
}
