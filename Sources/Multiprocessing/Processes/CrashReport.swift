// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What is known of a process that ended before its work did.
///
/// Its `description` is made for people and reads on one screen.
public struct CrashReport: Sendable, Hashable, CustomStringConvertible {
    /// The work that was running, in words: its type and a short description of the value.
    public let work: String

    /// The process, whose number may be in use again.
    public let processIdentifier: Int32

    /// How it ended.
    public let status: ExitStatus

    /// Whether the system wrote a core file.
    public let dumpedCore: Bool

    /// The last bytes (at most 16 KiB) that it wrote to standard error: a trap's message is there, if there was one.
    /// Release builds print none for failed preconditions, only for `fatalError`.
    public let standardErrorTail: String

    /// Processor time that it used in all, zero if not known.
    public let processorTime: Duration

    /// The largest amount of memory that it had at any time, in bytes, zero if not known.
    public let peakMemory: Int

    init(work: String, processIdentifier: Int32, record: ExitRecord, standardErrorTail: [UInt8]) {
        self.work = work
        self.processIdentifier = processIdentifier
        status = ExitStatus(record)
        dumpedCore = record.dumpedCore
        self.standardErrorTail = String(decoding: standardErrorTail, as: UTF8.self)
        processorTime = .microseconds(record.processorMicroseconds)
        peakMemory = Int(record.peakMemoryBytes)
    }

    public var description: String {
        var text = "worker \(processIdentifier) \(status)\(dumpedCore ? ", core dumped," : "") while it ran \(work)"
        if !lastWords.isEmpty { text += "; its last words:\n" + lastWords.map { "    \($0)" }.joined(separator: "\n") }
        return text
    }

    /// A trap's own line if there is one (a backtrace may follow it), or else the last lines.
    private var lastWords: [Substring] {
        let lines = standardErrorTail.split(separator: "\n")
        let reasons = lines.filter { $0.contains("Fatal error") || $0.contains("Swift runtime failure") }
        return Array(reasons.isEmpty ? lines.suffix(6) : reasons.suffix(3))
    }
}

/// A work in a few words, for reports.
func briefly(_ work: some Work) -> String {
    let value = String(describing: work)
    let name = _typeName(type(of: work))
    // A struct without a description of its own already begins with its unqualified name.
    let short = value.count > 200 ? value.prefix(200) + "…" : value[...]
    return value.hasPrefix(name.split(separator: ".").last ?? "") ? String(short) : "\(name): \(short)"
}

/// The same, made when it is asked for. A work with handles is described now: what holds the work would hold those, and
/// who waits for the end of a conversation would wait for the report's sake. A large one only by its type, since to
/// describe it could take longer than to do it.
func description(of work: some Work, in request: MessageBody) -> @Sendable () -> String {
    if request.handles.isEmpty { return { briefly(work) } }
    let text = request.bytes.count <= 4096 ? briefly(work) : _typeName(type(of: work))
    return { text }
}
