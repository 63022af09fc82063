// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Dispatch
import Glibc
import Multiprocessing

/// Children and pools with settings.
enum SettingsProbe {
    /// Prints what two workers find, one after the other.
    static func pool(_ method: StartMethod) -> Never {
        var settings = WorkerSettings()
        settings.name = "drawing"
        settings.workingDirectory = "/usr"
        settings.preload = [PreloadedNumber.self]
        let pool: ProcessPool
        do { pool = try ProcessPool(workers: 1, by: method, settings: settings) } catch { ProbeEnd.now(2) }
        Task {
            do {
                for _ in 0..<2 {
                    StandardOutput.print(try await pool.run(Introduction()))
                    _ = try? await pool.run(Ending())
                }
                await pool.shutDown()
                ProbeEnd.now(0)
            } catch {
                StandardOutput.print("\(error)")
                ProbeEnd.now(1)
            }
        }
        dispatchMain()
    }

    static func preloadForEver() -> Never {
        var settings = WorkerSettings()
        settings.preload = [EndlessPreload.self]
        _ = try? ChildProcess.start(Introduction(), by: .forkServer, settings: settings)
        ProbeEnd.now(3)
    }
}

enum PreloadedNumber: ForkServerPreload {
    // Set by the one thread that there is, before any work.
    nonisolated(unsafe) static var value = 0
    static func preload() { unsafe value = 1 << 20 }
}

enum EndlessPreload: ForkServerPreload {
    static func preload() {
        StandardOutput.print("begun \(getpid())")
        while true { pause() }
    }
}

struct Introduction: Work {
    func run() -> String {
        var name = [CChar](repeating: 0, count: 16)
        var folder = [CChar](repeating: 0, count: 4096)
        // Both are longer than what is written into them.
        unsafe read(open("/proc/self/comm", O_RDONLY), &name, 15)
        _ = unsafe getcwd(&folder, folder.count)
        let texts = [name, folder].map { text in
            String(decoding: text.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        return unsafe "\(texts[0]) \(texts[1]) \(PreloadedNumber.value)"
    }
}

struct Ending: Work {
    func run() { ProbeEnd.now(1) }
}
