// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension SharedQueue.Receiver: Waitable {}

extension SharedQueue.Receiver: WaitSource {
    var isReady: Bool { end.ring.isWorthReceiving || end.otherSideIsGone }

    /// A word of memory is nothing that poll(2) can wait for.
    var waitHandle: DescriptorHandle? { nil }

    func watch(_ callback: @escaping @Sendable () -> Void) -> WaitTicket {
        let task = Task.detached { [end] in
            await end.waitForRecord()
            callback()
        }
        return WaitTicket(cancel: { task.cancel() })
    }
}

extension SharedQueue: Waitable {}

extension SharedQueue: WaitSource {
    var isReady: Bool { receiver.isReady }

    var waitHandle: DescriptorHandle? { nil }

    func watch(_ callback: @escaping @Sendable () -> Void) -> WaitTicket { receiver.watch(callback) }
}
