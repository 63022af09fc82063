// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Words that travel beside each piece of work, from the task that submits it to the worker that runs it: a trace's
/// identity, a request's number.
///
/// For what belongs to the surroundings of a piece of work and not to its value. The task's own values (`@TaskLocal`)
/// do not reach a worker by themselves, neither a thread nor a process: a carrier takes some of them along.
///
///     enum RequestNumber: WorkCarrier {
///         @TaskLocal static var current: String?
///
///         static func captured() -> [String: String]? { current.map { ["request": $0] } }
///
///         static func restore<Result: Sendable>(
///             _ words: [String: String], for work: any Work.Type, around operation: @Sendable () async -> Result
///         ) async -> Result {
///             await $current.withValue(words["request"]) { await operation() }
///         }
///     }
///
/// A pool uses the carriers of its `WorkCompanions`. The worker finds a carrier by its type's name, so the type is
/// public or internal, as that of a work is.
public protocol WorkCarrier: Sendable {
    /// The words to send, asked for in the submitting task, once for each piece of work; nil when there are none, and
    /// then not a byte travels.
    static func captured() -> [String: String]?

    /// Runs the work in the surroundings that the words tell of. Called in the worker, and not at all for work that
    /// came without words of this carrier.
    ///
    /// - Parameters:
    ///   - words: What `captured()` answered.
    ///   - work: The type of the work.
    ///   - operation: Runs the work; to be called once.
    /// - Returns: What the operation returns.
    static func restore<Result: Sendable>(
        _ words: [String: String], for work: any Work.Type, around operation: @Sendable () async -> Result
    ) async -> Result
}

/// The words of one carrier beside one piece of work.
struct CarriedWords: Codable, Sendable {
    /// The carrier's type, as the worker looks it up.
    var carrier: String
    var words: [String: String]

    /// Runs an operation in the surroundings that all the words tell of, the first carrier's outermost.
    static func restore<Result: Sendable>(
        _ carried: ArraySlice<CarriedWords>, for work: any Work.Type, around operation: @Sendable () async -> Result
    ) async -> Result {
        guard let first = carried.first else { return await operation() }
        let rest = carried.dropFirst()
        guard let carrier = _typeByName(first.carrier) as? any WorkCarrier.Type else {
            return await restore(rest, for: work, around: operation)
        }
        return await carrier.restore(first.words, for: work) { await restore(rest, for: work, around: operation) }
    }

    /// As bytes: how many there are (4), then the coded words. Nothing at all when there are none.
    static func bytes(of carried: [CarriedWords]) -> [UInt8] {
        if carried.isEmpty { return [] }
        var bytes = [UInt8](repeating: 0, count: countSize)
        do {
            try MessageEncoder.encode(carried, into: &bytes)
        } catch {
            preconditionFailure("words could not be encoded: \(error)")
        }
        let count = UInt32(bytes.count - countSize)
        for index in 0..<countSize { bytes[index] = UInt8(truncatingIfNeeded: count >> UInt32(8 * index)) }
        return bytes
    }

    /// Reads what `bytes(of:)` wrote, and answers what follows it.
    static func read(from body: ReceivedBody) throws(MessageCodingError) -> ([CarriedWords], rest: ReceivedBody) {
        let bytes = body.bytes
        guard bytes.count >= countSize else { throw .truncated }
        let count = Int(bytes.prefix(countSize).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
        let coded = bytes.dropFirst(countSize).prefix(count)
        guard coded.count == count else { throw .truncated }
        do {
            return (try MessageDecoder.decode([CarriedWords].self, from: coded), body.dropFirst(countSize + count))
        } catch {
            throw .unknownMark(0)
        }
    }

    private static let countSize = 4
}
