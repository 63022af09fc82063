// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc

/// One end of a pair of sockets that carry nothing: as long as anybody anywhere holds the other end, the other side
/// lives.
///
/// The kernel counts, so it is exact for processes that were killed and for ends that travel in a message at this
/// moment.
struct LifeToken: Sendable {
    /// What travels.
    let descriptor: DescriptorHandle

    init(adopting descriptor: DescriptorHandle) { self.descriptor = descriptor }

    /// Two sides, each of which sees when the other is gone.
    static func pair() throws(SystemError) -> (LifeToken, LifeToken) {
        let sockets = try DescriptorPair.sockets(.stream)
        // The handles own the numbers from now on.
        let (first, second) = sockets.released()
        return (
            LifeToken(adopting: DescriptorHandle(Descriptor(owning: first))),
            LifeToken(adopting: DescriptorHandle(Descriptor(owning: second)))
        )
    }

    /// Whether nobody holds the other end any more. A system call.
    var otherSideIsGone: Bool {
        var request = pollfd(fd: descriptor.number, events: Int16(mp_end_of_peer), revents: 0)
        // poll writes into the one structure. POLLHUP and POLLERR are always reported.
        return unsafe poll(&request, 1, 0) > 0
    }
}

extension DescriptorPair {
    /// Both numbers, which from now on are the caller's to close.
    fileprivate consuming func released() -> (Int32, Int32) { (first.release(), second.release()) }
}
