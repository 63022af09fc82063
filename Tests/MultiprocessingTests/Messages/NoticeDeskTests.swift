// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Synchronization
import TestSupport
import Testing

@testable import Multiprocessing

@Suite("Notices that several threads take in")
struct NoticeDeskTests {
    private final class Handled: Sendable {
        let steps = Mutex<[Int]>([])
        let order = Mutex<[String]>([])
        let desk = Mutex<NoticeDesk?>(nil)
        private let next = Mutex(0)

        /// Puts the next step under a lock, as a pool does; its number.
        func putNext(_ payload: (Int) throws -> ReceivedBody) -> Int {
            next.withLock { next in
                if let payload = try? payload(next) { desk.withLock { $0 }?.put(payload, from: 1) }
                defer { next += 1 }
                return next
            }
        }
    }

    private func payload(_ step: Int) throws -> ReceivedBody {
        let frame = try NoticeFrame.make(StepDone(thread: 0, step: step, padding: []))
        return ReceivedBody(bytes: frame.bytes.dropFirst(Frame.headSize))
    }

    private func desk(_ handler: @escaping @Sendable (Int) -> Void) -> NoticeDesk {
        var companions = WorkCompanions()
        companions.handle(StepDone.self) { step, _ in handler(step.step) }
        return NoticeDesk(companions)
    }

    @Test("have been handled when anybody goes on, each once and in order")
    func order() async throws {
        let handled = Handled()
        let desk = desk { step in handled.steps.withLock { $0.append(step) } }
        handled.desk.withLock { $0 = desk }
        await withTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<500 {
                        let own = handled.putNext(payload)
                        desk.handle()
                        #expect(handled.steps.withLock { $0.count } > own)
                    }
                }
            }
        }
        #expect(handled.steps.withLock { $0 } == Array(0..<2_000))
        handled.desk.withLock { $0 = nil }
    }

    @Test("hold up who has an outcome, until their handler has returned")
    func waiting() async throws {
        let (mayReturn, hasBegun) = (BlockingGate(), Gate())
        let handled = Handled()
        let desk = desk { _ in
            hasBegun.open()
            mayReturn.enter()
            handled.order.withLock { $0.append("handled") }
        }
        desk.put(try payload(0), from: 1)
        startThread { desk.handle() }
        await hasBegun.enter()
        let isDone = Gate()
        startThread {
            desk.handle()
            handled.order.withLock { $0.append("gone on") }
            isDone.open()
        }
        mayReturn.open()
        await isDone.enter()
        #expect(handled.order.withLock { $0 } == ["handled", "gone on"])
    }

    @Test("do not wait for themselves")
    func reentrance() throws {
        let handled = Handled()
        let desk = desk { step in
            handled.desk.withLock { $0 }?.handle()
            handled.steps.withLock { $0.append(step) }
        }
        handled.desk.withLock { $0 = desk }
        desk.put(try payload(5), from: 1)
        desk.handle()
        #expect(handled.steps.withLock { $0 } == [5])
        handled.desk.withLock { $0 = nil }
    }
}
