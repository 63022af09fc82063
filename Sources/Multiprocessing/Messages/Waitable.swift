// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Something that can be waited for together with others, by `waitForAny(of:timeout:)`: receivers, connections and shared
/// queues, when there is a message or the conversation has ended; child processes, when they have ended; descriptors (of
/// sockets, pipes and the like), when there is something to read or their other side is gone.
///
/// The protocol is closed: the types of this library are its only conformers.
public protocol Waitable: Sendable {}

/// What every `Waitable` of this library can do beneath its public face.
protocol WaitSource: Waitable {
    /// Whether there is nothing to wait for. A look only: it takes nothing.
    var isReady: Bool { get }

    /// What poll(2) can wait for, to be read from; nil when it is something else, or is closed and so ready.
    var waitHandle: DescriptorHandle? { get }

    /// Calls back at least once after it may have become ready, from any thread, possibly before this returns.
    func watch(_ callback: @escaping @Sendable () -> Void) -> WaitTicket
}

/// A registration that can be taken back.
struct WaitTicket: Sendable {
    let cancel: @Sendable () -> Void
}

/// Waits, without holding a thread, until at least one of them is ready.
///
/// Ready means that the next receive does not wait, unless somebody else takes the message first; an ended conversation
/// is ready, too. Nothing is received.
///
/// - Parameters:
///   - sources: Of this library's types, in any mixture and number.
///   - timeout: How long to wait at most; nil for ever. Zero only looks.
/// - Returns: The indices of all that are ready, in ascending order; none when the time is over or the task is
///   cancelled.
nonisolated(nonsending) public func waitForAny(of sources: [any Waitable], timeout: Duration? = nil) async -> [Int] {
    let wait = WaitForAny(sources, until: Deadline(after: timeout))
    while true {
        let ready = wait.ready
        if !ready.isEmpty || Task.isCancelled || wait.deadline.hasPassed { return ready }
        await wait.suspend()
    }
}

/// Waits, holding the calling thread, until at least one of them is ready.
///
/// - Parameters:
///   - sources: Of this library's types, in any mixture and number.
///   - timeout: How long to wait at most; nil for ever. Zero only looks.
/// - Returns: The indices of all that are ready, in ascending order; none when the time is over.
@available(*, noasync, message: "it holds the thread; await the asynchronous form instead")
public func waitForAny(of sources: [any Waitable], timeout: Duration? = nil) -> [Int] {
    let wait = WaitForAny(sources, until: Deadline(after: timeout))
    while true {
        let ready = wait.ready
        if !ready.isEmpty || wait.deadline.hasPassed { return ready }
        wait.block()
    }
}

/// One wait for several things.
private struct WaitForAny {
    /// Nobody sleeps longer without looking whether something was closed meanwhile.
    private static let longestSleep: Int64 = 100_000_000

    let deadline: Deadline
    private let sources: [any WaitSource]

    init(_ sources: [any Waitable], until deadline: Deadline) {
        self.deadline = deadline
        self.sources = sources.map { source in
            guard let source = source as? any WaitSource else {
                preconditionFailure("Waitable is closed to conformances outside of its library: \(type(of: source))")
            }
            return source
        }
    }

    /// Those that are ready now.
    var ready: [Int] {
        let handles = sources.map(\.waitHandle)
        let polled = sources.indices.filter { handles[$0] != nil }
        // One call for all of them.
        let found = PacketSocket.wait(for: polled.compactMap { handles[$0]?.number }, .reading, until: .now)
        let readable = Set(found.map { polled[$0] })
        return sources.indices.filter { handles[$0] == nil ? sources[$0].isReady : readable.contains($0) }
    }

    func suspend() async {
        let waiter = ManyWaiter()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiter.begin(continuation) { tickets(calling: { waiter.end() }) }
            }
        } onCancel: {
            waiter.end()
        }
    }

    func block() {
        let handles = sources.compactMap(\.waitHandle)
        if handles.count == sources.count {
            let end = min(deadline, .now.advanced(nanoseconds: Self.longestSleep))
            _ = PacketSocket.wait(for: handles.map(\.number), .reading, until: end)
            return
        }
        let isDue = Monitor(false)
        let tickets = tickets { isDue.update(waking: .all) { $0 = true } }
        isDue.wait { $0 ? () : nil }
        for ticket in tickets { ticket.cancel() }
    }

    private func tickets(calling callback: @escaping @Sendable () -> Void) -> [WaitTicket] {
        var tickets = sources.map { $0.watch(callback) }
        if deadline != .never || sources.isEmpty {
            let watch = DescriptorWatcher.watch(nil, for: [], until: deadline, callback)
            tickets.append(WaitTicket(cancel: watch.cancel))
        }
        return tickets
    }
}

/// A task that waits for the first of many callbacks, or its own cancellation.
private final class ManyWaiter: Sendable {
    private enum State {
        case new, over
        case waiting(CheckedContinuation<Void, Never>, [WaitTicket])
    }

    private let state = Mutex(State.new)

    func begin(_ continuation: CheckedContinuation<Void, Never>, _ register: () -> [WaitTicket]) {
        let isOver = state.withLock { state in
            if case .over = state { return true }
            state = .waiting(continuation, [])
            return false
        }
        if isOver { return continuation.resume() }
        let tickets = register()
        let isStillWaiting = state.withLock { state in
            guard case .waiting(let continuation, _) = state else { return false }
            state = .waiting(continuation, tickets)
            return true
        }
        if !isStillWaiting { for ticket in tickets { ticket.cancel() } }
    }

    func end() {
        let before = state.withLock { state in
            defer { state = .over }
            return state
        }
        guard case .waiting(let continuation, let tickets) = before else { return }
        continuation.resume()
        for ticket in tickets { ticket.cancel() }
    }
}

// MARK: What can be waited for

extension DescriptorHandle: Waitable {}

extension DescriptorHandle: WaitSource {
    var isReady: Bool { PacketSocket.isReady(number, for: .reading) }

    var waitHandle: DescriptorHandle? { self }

    func watch(_ callback: @escaping @Sendable () -> Void) -> WaitTicket {
        let watch = DescriptorWatcher.watch(self, for: .reading, until: .never, callback)
        return WaitTicket(cancel: watch.cancel)
    }
}

extension Receiver: Waitable {}

extension Receiver: WaitSource {
    var isReady: Bool { end.handle?.isReady ?? true }

    var waitHandle: DescriptorHandle? { end.handle }

    func watch(_ callback: @escaping @Sendable () -> Void) -> WaitTicket {
        if let handle = end.handle { return handle.watch(callback) }
        callback()
        return WaitTicket(cancel: {})
    }
}

extension Connection: Waitable {}

extension Connection: WaitSource {
    var isReady: Bool { receiver.isReady }

    var waitHandle: DescriptorHandle? { receiver.waitHandle }

    func watch(_ callback: @escaping @Sendable () -> Void) -> WaitTicket { receiver.watch(callback) }
}
