// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What becomes of what a worker, and the programs that its work starts, write to standard output and standard error.
///
/// In every case but `inherited` the last 16 KiB of standard error are kept for a `CrashReport`. In a worker `print` and
/// the C library's streams write at the end of each line, also where they go to a file or a pipe.
public enum WorkerOutput: Sendable {
    /// It comes to this process's own streams, in unbroken lines. The default.
    ///
    /// Standard error goes through this process, which writes whole lines; those of more than 64 KiB are cut. Standard
    /// output is the very one of this process, under `.forkServer` as it was when the server started: a line is one
    /// write there, which the kernel does not mix with another up to 4 KiB in a pipe. So a reader of the output that is
    /// slow or has stopped holds up who prints, and not the thread that reads for all workers; and a worker finds a
    /// terminal where this process has one.
    case passedThrough

    /// It is thrown away.
    case discarded

    /// The worker has this process's own streams, or those of the fork server: nothing is read, so a report has no
    /// last words, no trap's message and no backtrace.
    case inherited

    /// It is handed over line by line, and comes to nobody else.
    ///
    /// The closure is called on the thread that reads for the pool's workers, or by whoever waits for a `ChildProcess`, in
    /// the order of each stream; lines of different streams may come in another order than they were written in. While it
    /// runs, no worker's answer is received: it must be quick. What a work wrote comes before its output, and what a worker
    /// wrote before its end is reported.
    case lines(@Sendable (WorkerOutputLine) -> Void)
}

/// A line that a worker has written.
public struct WorkerOutputLine: Sendable, Hashable {
    /// Where it was written.
    public enum Stream: String, Sendable, Hashable, CaseIterable {
        /// Standard output.
        case output
        /// Standard error.
        case error
    }

    /// Where it was written.
    public let stream: Stream

    /// Its bytes without the line's end, which is LF or CR LF. A line of more than 64 KiB comes in pieces of at most
    /// as much, cut between two characters.
    public let bytes: [UInt8]

    /// The worker, or the one whose work has started the program that wrote it.
    public let processIdentifier: Int32

    /// The worker's number in its pool, from 1; another one for each that replaces one. nil for a `ChildProcess`.
    public let worker: Int?

    /// A short description of the work that the worker had when the line was read, if it had any. With
    /// work waiting in the worker itself it may be the next one's.
    public let work: String?

    /// The line as text; bytes that are no UTF-8 are replaced.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// Who writes: what a line bears beside its process.
struct WorkerLabel: Sendable {
    var worker: Int?
    var work: String?
}
