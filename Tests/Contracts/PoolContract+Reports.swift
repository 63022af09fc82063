// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// What a report says of a worker that died.
extension PoolContract {
    public static let reports: [PoolContract] =
        Crashing.Way.allCases.map { way in
            PoolContract(
                "the report of a death by \(way.rawValue) says what and where", workers: 1,
                origins: ["loky.test_reusable_executor.test_faulthandler_enabled"]
            ) { pool in
                // A sanitizer reports an access to what is not there itself, and ends the process by an exit code.
                if Sanitizer.isActive, [.stackOverflow, .nullPointer].contains(way) { return }
                let report = try await report(of: Crashing(way), in: pool)
                try checkEnd(of: report, way)
                try checkWords(of: report, way)
                try checkPlace(of: report, way)
                try checkDescription(of: report)
            }
        } + [
            PoolContract("a report has nothing of an earlier work's words but in the tail", workers: 1) { pool in
                _ = try await pool.run(Muttering(text: "Fatal error: no"))
                let report = try await report(of: Crashing(.kill), in: pool)
                try require(report.standardErrorTail.contains("Fatal error: no"), "no tail: \(report)")
                try requireEqual(report.trapMessage, nil)
            }
        ]

    private static func checkEnd(of report: CrashReport, _ way: Crashing.Way) throws {
        let expected: [ExitStatus] =
            switch way {
            case .exit: [.exited(3)]
            case .kill: [.signaled(SIGKILL)]
            case .abort, .cast: [.signaled(SIGABRT)]
            case .stackOverflow, .nullPointer: [.signaled(SIGSEGV)]
            // A trap is SIGILL on x86-64 and SIGTRAP on arm64.
            case .fatalError, .precondition, .index, .elsewhere: [.signaled(SIGILL), .signaled(SIGTRAP)]
            }
        try require(expected.contains(report.status), "found \(report)")
        try requireEqual(report.workType, "Contracts.Crashing")
        try require(report.work.hasPrefix("Crashing(way: "), "found \(report.work)")
        try requireEqual(report.attempt, 1)
        try require(report.peakMemory > 0 && report.processorTime > .zero, "no figures: \(report)")
        try requireEqual(report.processorTime, report.userTime + report.systemTime)
    }

    private static func checkWords(of report: CrashReport, _ way: Crashing.Way) throws {
        // The marks of a record are the library's own business.
        try require(!report.standardErrorTail.contains("mp-crash"), "a record is left: \(report.standardErrorTail)")
        let message: String?? =
            switch way {
            case .fatalError: "Fatal error: the reactor is on fire"
            case .elsewhere: "Fatal error: another thread is on fire"
            case .cast: "Could not cast value of type 'Contracts.Crashing.Way'"
            // A release build says nothing.
            case .precondition: saysWhy ? "Precondition failed: the reactor is cold" : nil
            case .index: saysWhy ? "Fatal error: Index out of range" : nil
            case .abort, .exit, .kill, .stackOverflow, .nullPointer: .some(nil)
            }
        switch message {
        case .some(.some(let text)):
            try require(report.trapMessage?.contains(text) ?? false, "found \(report.trapMessage ?? "none")")
            try require("\(report)".contains(text), "the description has no message: \(report)")
        case .some(.none), .none: try requireEqual(report.trapMessage, nil)
        }
    }

    /// Whether failed preconditions are explained.
    private static var saysWhy: Bool {
        #if DEBUG
            true
        #else
            false
        #endif
    }

    private static func checkPlace(of report: CrashReport, _ way: Crashing.Way) throws {
        let isExpected = ![.exit, .kill].contains(way) && !Sanitizer.isActive
        try requireEqual(report.backtrace != nil, isExpected)
        guard let backtrace = report.backtrace else { return }
        let name =
            way == .stackOverflow ? "Crashing.overflow" : way == .elsewhere ? "Crashing.onOtherThread" : "Crashing"
        try require(
            backtrace.frames.contains { $0.symbol?.contains(name) ?? false }, "\(name) is not in\n\(backtrace)")
        try require(backtrace.frames.allSatisfy { $0.address > 0 }, "found\n\(backtrace)")
        try requireEqual(backtrace, report.backtrace)
    }

    private static func checkDescription(of report: CrashReport) throws {
        let lines = "\(report)".split(separator: "\n", omittingEmptySubsequences: false)
        try require(lines.count <= 24, "\(lines.count) lines: \(report)")
        try require(lines.allSatisfy { $0.count <= 100 }, "too wide: \(report)")
    }
}

/// The address and the thread sanitizer, which deal with crashes themselves.
public enum Sanitizer {
    // Looked up by literal names.
    public static let isActive = unsafe dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil
}
