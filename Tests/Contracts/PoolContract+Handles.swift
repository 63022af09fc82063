// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

extension PoolContract {
    /// Handles in works and in outputs.
    public static let handles: [PoolContract] = [
        PoolContract("a handle arrives open wherever in a work it is, and every copy of it is gone afterwards") {
            pool in
            let (work, reading) = try writingToAll()
            try requireEqual(try await pool.run(work()), 0)
            // The end comes only if nobody holds a copy: neither the pool nor a worker.
            try requireEqual(try reading.readToEnd(), "abcdefghijk")
        },
        PoolContract("an output may hold handles, also the work's own") { pool in
            let pipe = try HandlePipe()
            let output = try await pool.run(GivingBack(holder: Holder(duplicating: pipe.writing)))
            try require(output.holder.all.allSatisfy { !$0.isInherited }, "a handle is not close-on-exec")
            for handle in output.holder.all { try handle.write("x") }
            try requireEqual(output.own.count, 2)
            try requireEqual(try output.own.last??.readToEnd(), "from the worker")
        },
        PoolContract("a large work with handles arrives whole") { pool in
            let (reading, works) = try numbered(4, padding: 1_500_000)
            let counts = try await pool.map(works())
            try requireEqual(counts, [Int](repeating: 1_500_000, count: 4))
            try requireEqual(try reading.readToEnd().split(separator: ",").sorted(), ["0", "1", "2", "3"])
        },
        PoolContract("many works with handles are under way at once") { pool in
            let (reading, works) = try numbered(300, padding: 100)
            _ = try await pool.map(works(), lookAhead: 100)
            let found = try reading.readToEnd().split(separator: ",").compactMap { Int($0) }
            try requireEqual(found.sorted(), Array(0..<300))
        },
        PoolContract("a handle that a work holds many times travels once") { pool in
            let pipe = try HandlePipe()
            let output = try await pool.run(Counting(handles: Array(repeating: pipe.reading, count: 400), copies: 0))
            try requireEqual(output.count, 1)
        },
        PoolContract("250 handles go each way in one message") { pool in
            let pipe = try HandlePipe()
            let handles = try (0..<250).map { _ in try DescriptorHandle(duplicating: pipe.reading.number) }
            let output = try await pool.run(Counting(handles: handles, copies: 250))
            try requireEqual(output.count, 250)
            try requireEqual(Set(output.handles.map(\.number)).count, 250)
        },
        PoolContract("shared memory goes to a work and comes back from it") { pool in
            let memory = try SharedMemory(byteCount: 100_000)
            // Nobody else has it yet.
            unsafe memory.withUnsafeMutableBytes { bytes in for index in 0..<100 { unsafe bytes[index] = UInt8(index) }
            }
            let result = try await pool.run(Doubling(memory: memory))
            // The work has ended.
            let doubled = unsafe result.withUnsafeBytes { unsafe Array($0.prefix(100)) }
            try requireEqual(doubled, (0..<100).map { UInt8($0 * 2) })
            let changed = unsafe memory.withUnsafeBytes { unsafe $0.allSatisfy { $0 == 1 } }
            try require(changed, "the work changed other memory")
        },
        PoolContract("work that is taken back lets go of its handles") { pool in
            guard pool.workerCount > 1 else { return }
            try await Signs.withFolder { folder in
                let holders = (0..<pool.workerCount).map {
                    Holding(started: "\(folder)/started\($0)", until: folder + "/go")
                }
                async let held = pool.map(holders, lookAhead: pool.workerCount)
                for holder in holders { await Signs.seen(holder.started) }
                let (reading, works) = try numbered(1, padding: 0)
                let waiting = Task { try await failure(of: works()[0], in: pool) }
                waiting.cancel()
                try requireEqual(try await waiting.value, .cancelled)
                try requireEqual(try reading.readToEnd(), "")
                Signs.put(folder + "/go")
                _ = try await held
            }
        },
    ]

    /// What only processes can owe.
    public static let handlesOfProcesses: [PoolContract] = [
        PoolContract("251 handles are refused on either way, and the pool lives on") { pool in
            let pipe = try HandlePipe()
            let handles = try (0..<251).map { _ in try DescriptorHandle(duplicating: pipe.reading.number) }
            for (work, isOutput) in [
                (Counting(handles: handles, copies: 0), false), (Counting(handles: [pipe.reading], copies: 251), true),
            ] {
                let failure = try await failure(of: work, in: pool)
                switch failure {
                case .notEncoded(let error) where !isOutput: try requireTooMany(error)
                case .outputNotEncoded(let error) where isOutput: try requireTooMany(error)
                default: throw Violation("found \(failure)")
                }
            }
            try requireEqual(try await pool.run(Square(number: 4)), 16)
        },
        PoolContract("a worker that dies takes its handles with it") { pool in
            let (reading, work) = try dying()
            _ = try await report(of: work(), in: pool)
            try requireEqual(try reading.readToEnd(), "last")
        },
        PoolContract("a worker keeps nothing of the handles that its works held") { pool in
            for _ in 0..<4 {
                let (work, reading) = try writingToAll()
                _ = try await pool.run(work())
                try requireEqual(try reading.readToEnd(), "abcdefghijk")
            }
            let facts = try await pool.run(Surroundings())
            try requireEqual(facts.descriptors.count, 5)
        },
    ]
}

// What makes a work keeps no handle itself, so that the work alone holds them.

private func writingToAll() throws -> (() throws -> WritingToAll, DescriptorHandle) {
    let pipe = try HandlePipe()
    let once = Once(WritingToAll(holder: try Holder(duplicating: pipe.writing)))
    return (once.take, pipe.reading)
}

private func numbered(_ count: Int, padding: Int) throws -> (DescriptorHandle, @Sendable () throws -> [WritingNumber]) {
    let pipe = try HandlePipe()
    let works = try (0..<count).map { number in
        WritingNumber(
            number: number, handle: try DescriptorHandle(duplicating: pipe.writing.number),
            padding: [UInt8](repeating: 7, count: padding))
    }
    let once = Once(works)
    return (pipe.reading, { try once.take() })
}

private func dying() throws -> (DescriptorHandle, () throws -> DyingWithHandle) {
    let pipe = try HandlePipe()
    let once = Once(DyingWithHandle(handle: pipe.writing))
    return (pipe.reading, once.take)
}

private func requireTooMany(_ error: WorkError) throws {
    try requireEqual(error.typeName, "Multiprocessing.HandleCodingError")
    try require(error.text.contains("more than 250 handles"), "found \(error)")
}
