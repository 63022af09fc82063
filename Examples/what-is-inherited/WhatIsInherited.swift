// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// What a child has of its parent, by each start method: the parent changes its environment, its working directory and a
// global variable, opens a descriptor and starts threads; then all look at what they have.

import Glibc
import Multiprocessing
import Synchronization

struct Look: Work {
    static let questions = ["environment", "folder", "global", "descriptor 100", "standard input", "threads"]
    static let global = Atomic(1)

    /// What it has of each, in this order.
    func run() -> [String] {
        // A C string that the C library holds; then a structure that is filled in.
        let variable = unsafe getenv("WEATHER").map { unsafe String(cString: $0) } ?? "not set"
        var tasks = stat()  // A folder has two links, and one for each folder in it.
        unsafe stat("/proc/self/task", &tasks)
        let global = Self.global.load(ordering: .relaxed)
        return [variable, target("cwd"), "\(global)", target("fd/100"), target("fd/0"), "\(tasks.st_nlink - 2)"]
    }

    /// Where one of the kernel's links leads.
    private func target(_ link: String) -> String {
        var path = [CChar](repeating: 0, count: 256)
        // Fills in at most as many.
        let count = unsafe readlink("/proc/self/" + link, &path, path.count)
        return count < 0 ? "closed" : String(decoding: path.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

@main
struct WhatIsInherited {
    static func main() throws {
        changeSurroundings(weather: "sunny", folder: "/usr")
        try ForkServer.start()
        changeSurroundings(weather: "rainy", folder: "/")
        Look.global.store(2, ordering: .relaxed)
        dup2(0, 100)

        let forked = try ChildProcess.start(Look(), by: .fork).wait().get()  // First: there is one thread.
        let pool = try ThreadPool(workers: 3)
        let spawned = try ChildProcess.start(Look(), by: .spawn).wait().get()
        let served = try ChildProcess.start(Look(), by: .forkServer).wait().get()
        let rows = [
            [""] + Look.questions, ["parent"] + Look().run(), ["fork"] + forked, ["spawn"] + spawned,
            ["forkserver"] + served,
        ]
        for row in rows { print(row.map { String(repeating: " ", count: max(1, 16 - $0.count)) + $0 }.joined()) }
        extendLifetime(pool)
    }

    static func changeSurroundings(weather: String, folder: String) {
        // C strings for the time of the calls.
        unsafe setenv("WEATHER", weather, 1)
        unsafe chdir(folder)
    }
}
