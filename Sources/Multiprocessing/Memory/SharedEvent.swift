// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Something that has happened or has not: all who wait for it go on when it is set.
///
/// It stays set until it is cleared. It travels as a field of a work or of a message, and every receiver has the same
/// event. It belongs to nobody, so no death can leave it in the wrong state: a process that dies has set it or has not.
///
///     let isReady = try SharedEvent()
///     isReady.set()                           // in one process
///     try await isReady.wait()                // in any number of others
///
/// For a number of things that happen, each for one waiter, there is `SharedSemaphore`.
public struct SharedEvent: Sendable {
    /// One word. Bit 0: it is set; bit 1: somebody sleeps, or is about to; the rest counts how often it was set, so that
    /// who slept through a `set` and a `clear` knows that it has happened.
    private static let isSetBit: UInt32 = 1
    private static let sleepers: UInt32 = 2
    private static let oneSetting: UInt32 = 4

    let object: SharedObject
    let word: SharedWord

    /// Makes one that is not set, in memory of its own: a page that goes with its last handle, in whatever process.
    ///
    /// - Throws: `.system` when the memory or a descriptor for it cannot be had.
    public init() throws(SharedMemoryError) { try self.init(SharedObject(.event, payloadByteCount: 4)) }

    private init(_ object: SharedObject) {
        self.object = object
        word = object.word(at: 0)
    }

    /// Whether it is set at this moment.
    public var isSet: Bool { word.value & Self.isSetBit != 0 }

    /// Sets it, and wakes all who wait; they see what was written before.
    ///
    /// They go on even if it is cleared at once. Nothing happens if it is set already.
    public func set() {
        while true {
            let seen = word.value
            if seen & Self.isSetBit != 0 { return }
            let new = (seen & ~Self.sleepers) &+ Self.oneSetting | Self.isSetBit
            guard word.replace(seen, by: new) else { continue }
            if seen & Self.sleepers != 0 { word.wake() }
            return
        }
    }

    /// Makes it as if it had not happened, for those who come to wait later.
    public func clear() {
        while true {
            let seen = word.value
            if seen & Self.isSetBit == 0 || word.replace(seen, by: seen & ~Self.isSetBit) { return }
        }
    }

    /// Waits on the calling thread until it is set.
    ///
    /// - Parameter timeout: For how long to wait at most; nil: for ever.
    /// - Returns: Whether it was set; false when the time was over before.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    @discardableResult
    public func wait(timeout: Duration? = nil) -> Bool {
        let first = word.value
        return Waiting.block(until: Deadline(after: timeout)) { _ in look(since: first) } != nil
    }

    /// Waits without holding a thread until it is set.
    ///
    /// - Parameter timeout: For how long to wait at most; nil: for ever.
    /// - Returns: Whether it was set; false when the time was over before.
    /// - Throws: `CancellationError` if the task was cancelled while it waited.
    @discardableResult
    nonisolated(nonsending) public func wait(timeout: Duration? = nil) async throws(CancellationError) -> Bool {
        let first = word.value
        let waited = await Waiting.suspend(until: Deadline(after: timeout), keeping: object) { _ in look(since: first) }
        switch waited {
        case .done: return true
        case .timedOut: return false
        case .cancelled: throw CancellationError()
        }
    }

    private func look(since first: UInt32) -> Look<Void> {
        while true {
            let seen = word.value
            let isOver = seen & Self.isSetBit != 0 || seen / Self.oneSetting != first / Self.oneSetting
            if isOver { return .done(()) }
            let marked = seen | Self.sleepers
            if seen == marked || word.replace(seen, by: marked) { return .sleep(on: word, while: marked) }
        }
    }
}

extension SharedEvent: Codable {
    /// Uses the event whose handle was sent.
    public init(from decoder: any Decoder) throws {
        let descriptor = try decoder.singleValueContainer().decode(DescriptorHandle.self)
        self.init(try SharedObject(adopting: descriptor, .event, payloadByteCount: 4))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(object.descriptor)
    }
}
