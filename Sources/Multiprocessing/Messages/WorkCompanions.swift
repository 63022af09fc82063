// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What goes along with the work of a pool or a child process: words that travel beside each piece of work, and what is
/// done with the notices that come back.
///
///     var companions = WorkCompanions()
///     companions.carry(RequestNumber.self)
///     companions.handle(StepDone.self) { step, processIdentifier in progress.add(step) }
///     let pool = try ProcessPool(workers: 4, companions: companions)
///
/// Without any, which is the default, nothing is captured, sent or called. What it is not: a way to give a worker its
/// settings (see `WorkerSettings`) or the work its arguments (those are the work's own properties).
public struct WorkCompanions: Sendable {
    private struct Carrier: Sendable {
        let type: any WorkCarrier.Type
        let mangledName: String
    }

    private var carriers: [Carrier] = []
    private var handlers: [String: @Sendable (ArraySlice<UInt8>, Int32) -> Void] = [:]

    /// None.
    public init() {}

    /// Whether nothing goes along.
    public var isEmpty: Bool { carriers.isEmpty && handlers.isEmpty }

    /// Whether anybody wants to know of notices.
    var hasHandlers: Bool { !handlers.isEmpty }

    /// Takes words along with each piece of work. Carriers that were added first are restored outermost; a second time
    /// changes nothing.
    ///
    /// - Precondition: The type can be found by its name: it is public or internal, not private or local.
    public mutating func carry<Carrier: WorkCarrier>(_ type: Carrier.Type) {
        guard let name = _mangledTypeName(type), _typeByName(name) == type else {
            preconditionFailure(
                "\(_typeName(type)) cannot be found by its name in a worker: make it internal or public")
        }
        guard !carriers.contains(where: { $0.mangledName == name }) else { return }
        carriers.append(.init(type: type, mangledName: name))
    }

    /// Handles the notices of one type; a later handler of the same type replaces the earlier one. Notices without a
    /// handler are dropped.
    ///
    /// - Parameters:
    ///   - type: Which notices.
    ///   - handler: Is called with each notice and the number of the process that sent it: in the order of sending for
    ///     each worker, one at a time in a pool, and before the outcome of the work that sent it is known. It runs on a thread
    ///     that reads for all workers, so it must be quick and must not wait for the pool.
    public mutating func handle<Notice: WorkerNotice>(
        _ type: Notice.Type, by handler: @escaping @Sendable (_ notice: Notice, _ processIdentifier: Int32) -> Void
    ) {
        handlers[NoticeFrame.name(of: type)] = { bytes, processIdentifier in
            // What is not one of them was written into the conversation by a worker that does not deserve an answer.
            guard let notice = try? MessageDecoder.decode(type, from: bytes) else { return }
            handler(notice, processIdentifier)
        }
    }

    /// The words to send with a piece of work. To be called in the submitting task.
    func captured() -> [CarriedWords] {
        carriers.isEmpty
            ? []
            : carriers.compactMap { carrier in
                carrier.type.captured().map { CarriedWords(carrier: carrier.mangledName, words: $0) }
            }
    }

    /// Hands the payload of a notice's frame to its handler.
    func deliver(_ payload: ReceivedBody, from processIdentifier: Int32) {
        guard !handlers.isEmpty, let (name, value) = NoticeFrame.read(payload.bytes) else { return }
        handlers[name]?(value, processIdentifier)
    }
}
