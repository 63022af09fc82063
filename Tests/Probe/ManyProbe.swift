// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Dispatch
import Glibc
import Multiprocessing

/// Programs with very many processes, all of which are at work at the same time before the first answers.
enum ManyProbe: String {
    case manyChildren, manyWorkers

    func run(_ method: StartMethod, count: Int) -> Never {
        Self.raiseDescriptorLimit()
        let doors = Doors()
        do {
            switch self {
            case .manyChildren: try Self.children(count, method, doors)
            case .manyWorkers: try Self.workers(count, method, doors)
            }
        } catch {
            StandardOutput.print("\(error)")
            ProbeEnd.now(2)
        }
        dispatchMain()
    }

    private static func children(_ count: Int, _ method: StartMethod, _ doors: Doors) throws -> Never {
        let before = descriptorCount
        let children = try (1...count).map { try ChildProcess.start(doors.work($0), by: method) }
        doors.awaitArrivals(count)
        tell(Set(children.map(\.processIdentifier)).count, descriptorCount - before)
        doors.open()
        var sum = 0
        for child in children { sum += try child.wait().get() }
        for child in children where !child.waitUntilExit().isSuccess { ProbeEnd.now(4) }
        StandardOutput.print("sum \(sum)")
        ProbeEnd.now(0)
    }

    private static func workers(_ count: Int, _ method: StartMethod, _ doors: Doors) throws {
        let before = descriptorCount
        let pool = try ProcessPool(workers: count, by: method)
        Task {
            var sum = 0
            let works = (1...count).map(doors.work)
            for try await square in pool.results(of: works, lookAhead: count) { sum += square }
            await pool.shutDown()
            StandardOutput.print("sum \(sum)")
            ProbeEnd.now(0)
        }
        doors.awaitArrivals(count)
        tell(Set(pool.processIdentifiers).count, descriptorCount - before)
        doors.open()
    }

    private static func tell(_ processes: Int, _ descriptors: Int) {
        StandardOutput.print("processes \(processes)")
        StandardOutput.print("descriptors \(descriptors)")
    }

    /// To what the system allows this user: the first fork server inherits it.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        // Both calls work on the one local value.
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    private static var descriptorCount: Int {
        guard let folder = unsafe opendir("/proc/self/fd") else { ProbeEnd.now(3) }
        defer { unsafe closedir(folder) }
        var count = 0
        // One after the other, until the end of the folder.
        while unsafe readdir(folder) != nil { count += 1 }
        return count
    }
}
