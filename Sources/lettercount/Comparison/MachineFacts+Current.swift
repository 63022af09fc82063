// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

extension MachineFacts {
    /// Those of this machine and this program.
    static var current: MachineFacts {
        MachineFacts(
            processor: Machine.processorName, usableProcessors: Machine.current.usableProcessors,
            memoryBytes: Machine.memoryBytes, system: Machine.systemName, compiler: compiler,
            version: Lettercount.version, isOptimised: isOptimised)
    }

    private static var isOptimised: Bool {
        #if DEBUG
            false
        #else
            true
        #endif
    }

    private static var compiler: String {
        #if compiler(>=6.4)
            "Swift 6.4 or later"
        #elseif compiler(>=6.3)
            "Swift 6.3"
        #else
            "Swift 6.2"
        #endif
    }
}

/// Dates without a calendar's library.
enum Dates {
    /// In UTC, as in `2026-11-24T16:20:00Z`; for dates after 1970.
    static func text(_ secondsSince1970: Int64) -> String {
        let (days, seconds) = secondsSince1970.quotientAndRemainder(dividingBy: 86_400)
        // Years begin with March here, so that the leap day is the last of a year (proleptic Gregorian calendar, eras of 400 years).
        let shifted = days + 719_468
        let (era, day) = shifted.quotientAndRemainder(dividingBy: 146_097)
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * year + year / 4 - year / 100)
        let month = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * month + 2) / 5 + 1
        let calendarMonth = month < 10 ? month + 3 : month - 9
        let calendarYear = year + era * 400 + (calendarMonth <= 2 ? 1 : 0)
        return
            "\(calendarYear)-\(two(calendarMonth))-\(two(dayOfMonth))T\(two(seconds / 3_600)):\(two(seconds / 60 % 60)):"
            + "\(two(seconds % 60))Z"
    }

    private static func two(_ number: Int64) -> String { Decimals.right("\(number)", width: 2, fill: "0") }
}
