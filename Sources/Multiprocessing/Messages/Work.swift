// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A piece of work: a value that can travel to a worker, and what to do with it there.
///
/// A work is the message itself. It is encoded, sent to a thread or to a child process, decoded there and run; its
/// output travels back the same way. Nothing else of the sender's memory is there when it runs: no global that the
/// sender changed, no open file, no singleton. In a child process the program's own `main` has not run, and never will,
/// so globals of a top-level `main.swift` do not exist; static properties of types do.
///
///     struct Square: Work {
///         var number: Int
///         func run() -> Int { number * number }
///     }
///
/// The type must be reachable by its name from another process of the same program: public or internal, not
/// `private`, `fileprivate` or local to a function. Pools of processes refuse others on submission with
/// `WorkFailure.cannotTravel`.
///
/// `run()` may be synchronous or asynchronous and may block: it has a thread of its own, never one of the
/// cooperative pool. Whatever it throws arrives as `WorkFailure.threw`.
public protocol Work: Codable, Sendable {
    /// What `run()` returns: `Codable`, or `BitwiseCopyable` (which includes `Void`), or both.
    associatedtype Output: Sendable

    /// Does the work; runs in the worker.
    func run() async throws -> Output

    /// Whether doing it twice is the same as doing it once. Then a pool of processes does it again when its worker died
    /// on the way, up to its `maximumAttempts`; for that it keeps the handles in the work until it is done. False if not
    /// said.
    static var isIdempotent: Bool { get }

    /// How the work itself becomes bytes. Chosen by the compiler; implement it only for a format of your own.
    ///
    /// Asked for in several processes, the fork server among them: it answers a value and does nothing else.
    static var workCoding: MessageCoding<Self> { get }

    /// How the output becomes bytes. Chosen by the compiler; implement it only for a format of your own.
    static var outputCoding: MessageCoding<Output> { get }

    // swift-format-ignore: NoLeadingUnderscores
    /// Does the works of a parcel. Not to be called or implemented: it is a requirement so that it is compiled for the type,
    /// in the module that the type is of. Left to this library, what the runtime has to find out for each work takes ten
    /// times as long as a short work.
    static func _perform(
        _ run: inout _ParcelRun, _ coding: MessageCoding<Self>, _ outputCoding: MessageCoding<Output>) async
}

extension Work {
    /// It is not known, so it is done once.
    public static var isIdempotent: Bool { false }

    /// By the binary coder of this library.
    public static var workCoding: MessageCoding<Self> { .codable() }
}

extension Work where Self: BitwiseCopyable {
    /// As its bytes: the value holds no references.
    public static var workCoding: MessageCoding<Self> { .bytes() }
}

extension Work where Output: Codable {
    /// By the binary coder of this library.
    public static var outputCoding: MessageCoding<Output> { .codable() }
}

extension Work where Output: BitwiseCopyable {
    /// As its bytes: the value holds no references.
    public static var outputCoding: MessageCoding<Output> { .bytes() }
}

extension Work where Output: Codable & BitwiseCopyable {
    /// As its bytes, which is exact and faster than any coder.
    public static var outputCoding: MessageCoding<Output> { .bytes() }
}
