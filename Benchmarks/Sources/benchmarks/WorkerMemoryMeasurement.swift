// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// The memory of workers that have done a piece of work and wait for the next one, as the kernel counts it.
enum WorkerMemoryMeasurement {
    private static let count = 8

    static func makePool(_ method: StartMethod) throws -> ProcessPool { try ProcessPool(workers: count, by: method) }

    static func run(_ pool: ProcessPool) async throws {
        let method = pool.startMethod
        // Until every worker has had some.
        var workers: Set<Int32> = []
        while workers.count < count { workers.formUnion(try await pool.map((0..<count).map { _ in OwnProcess() })) }
        let rollups = pool.processIdentifiers.compactMap(Rollup.init)
        guard rollups.count == count else { throw BenchmarkFailure("a worker's memory cannot be read") }
        print(Series.line("\(method.rawValue) private", rollups.map { $0.privateBytes }))
        print(Series.line("\(method.rawValue) proportional", rollups.map { $0["Pss:"] }))
        print(Series.line("\(method.rawValue) shared", rollups.map { $0.sharedBytes }))
        await pool.shutDown()
    }
}

/// Work without effort that says who has done it.
struct OwnProcess: Work {
    func run() -> Int32 { getpid() }
}

/// One process's /proc/PID/smaps_rollup, in bytes.
struct Rollup {
    private var values: [String: Double] = [:]

    init?(process: Int32) {
        guard let file = unsafe fopen("/proc/\(process)/smaps_rollup", "r") else { return nil }
        // The stream just opened; a line is no longer than the buffer.
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while unsafe fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let words = text.split(whereSeparator: \.isWhitespace)
            if words.count == 3, words[2] == "kB", let kilobytes = Double(words[1]) {
                values[String(words[0])] = kilobytes * 1024
            }
        }
        if values.isEmpty { return nil }
    }

    subscript(_ name: String) -> Double { values[name] ?? 0 }

    var privateBytes: Double { self["Private_Clean:"] + self["Private_Dirty:"] }
    var sharedBytes: Double { self["Shared_Clean:"] + self["Shared_Dirty:"] }
}
