// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Dispatch
import Glibc
import Multiprocessing

/// What the probe can be told to do.
enum Probe {
    static func contract(_ sentence: String, _ method: StartMethod) -> Never {
        guard let contract = PoolContract.named(sentence) else {
            StandardOutput.print("no list in ContractLists.swift has this contract: \(sentence)")
            ProbeEnd.now(64)
        }
        let pool = makePool(method, workers: contract.workers)
        Task {
            do {
                try await contract.check(pool)
                await pool.shutDown()
                StandardOutput.print("holds")
                ProbeEnd.now(0)
            } catch {
                StandardOutput.print("\(error)")
                ProbeEnd.now(1)
            }
        }
        dispatchMain()
    }

    static func childContract(_ sentence: String, _ method: StartMethod) -> Never {
        do {
            guard let contract = ChildContract.named(sentence) else { ProbeEnd.now(64) }
            try contract.check(method)
            StandardOutput.print("holds")
        } catch {
            StandardOutput.print("\(error)")
            ProbeEnd.now(1)
        }
        ProbeEnd.now(0)
    }

    static func children(_ method: StartMethod) -> Never {
        do {
            let children = try (1...5).map { try ChildProcess.start(Square(number: $0), by: method) }
            for child in children { StandardOutput.print("\(try child.wait().get())") }
        } catch {
            StandardOutput.print("\(error)")
            ProbeEnd.now(1)
        }
        ProbeEnd.now(0)
    }

    static func hold(_ method: StartMethod, isBusy: Bool) -> Never {
        let pool = makePool(method)
        if isBusy {
            for _ in 0..<pool.workerCount { Task { try await pool.run(Endless()) } }
        }
        StandardOutput.print(pool.processIdentifiers.map(String.init).joined(separator: " "))
        dispatchMain()
    }

    static func letPrint(_ method: StartMethod) -> Never {
        do {
            _ = try ChildProcess.start(Printing(), by: method).wait().get()
            StandardOutput.print("from the parent")
        } catch {
            StandardOutput.print("\(error)")
            ProbeEnd.now(1)
        }
        ProbeEnd.now(0)
    }

    static func forget(_ method: StartMethod) -> Never {
        let pool = makePool(method)
        let child = try? ChildProcess.start(Endless(), by: method == .fork ? .spawn : method)
        Task { try await pool.run(Endless()) }
        StandardOutput.print(
            (pool.processIdentifiers + (child.map { [$0.processIdentifier] } ?? [])).map(String.init).joined(
                separator: " "))
        ProbeEnd.now(0)
    }

    private static func makePool(_ method: StartMethod, workers: Int = 2) -> ProcessPool {
        do {
            return try ProcessPool(workers: workers, by: method)
        } catch {
            StandardOutput.print("\(error)")
            ProbeEnd.now(2)
        }
    }
}

/// Never ends by itself, and blocks its thread.
struct Endless: Work {
    func run() { while true { sched_yield() } }
}

/// Prints as usual: into a buffer, where the output is no terminal.
struct Printing: Work {
    func run() {
        print("from the child")
        let words = Array("trouble in the child\n".utf8)
        // Reads count bytes of the array.
        _ = unsafe write(2, words, words.count)
    }
}

/// Prints at once: a test waits for the line.
enum StandardOutput {
    static func print(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        // Reads count bytes of the array.
        _ = unsafe write(1, bytes, bytes.count)
    }
}

enum ProbeEnd {
    static func now(_ code: Int32) -> Never { exit(code) }
}
