// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Reads large pieces of files that are in memory without copying them: nothing but the counting looks at the bytes.
///
/// How much that gains depends on the pieces in which the system keeps the file: two megabytes at once where it has read it from a
/// disk or got it in large pieces, and then it takes half as long as copying. Where it keeps each page by itself, because they were
/// written one by one, it takes as long, or seven hundredths longer.
///
/// The pages are mapped when they are touched. To have them mapped all at once (`MAP_POPULATE`) is faster for one thread, and slower
/// for two, which wait for each other then: the system changes their common address space.
enum MappedReading {
    /// Smaller pieces are not worth two system calls and the interruption of the other threads.
    static let least: UInt64 = 2 << 20
    /// Two hundred times what a mapping costs. From multiples of it on, since the system maps two mebibytes at once where they lie at
    /// a multiple of that.
    static let window: UInt64 = 8 << 20

    /// Where the window ends in which this byte is.
    static func endOfWindow(at place: UInt64) -> UInt64 { (place / window + 1) * window }

    enum Outcome {
        /// All of it was delivered.
        case read
        /// Nothing was: it is too little, would have to come from a disk, or cannot be mapped.
        case notMapped
        /// Somebody has cut the file meanwhile: what was delivered are not its bytes.
        case torn
    }

    /// - Parameter range: At most ``window`` bytes, from a multiple of the page size on.
    static func read(
        _ range: Range<UInt64>, of file: borrowing ReadableFile, into receiver: inout some PieceReceiver
    ) -> Outcome {
        guard range.count >= least, let isWhole = file.lend(range, { receiver.receive($0) }) else { return .notMapped }
        return isWhole ? .read : .torn
    }
}
