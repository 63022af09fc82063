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
