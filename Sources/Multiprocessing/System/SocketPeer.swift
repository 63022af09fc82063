// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Who is at the other end of a socket, as the kernel says.
enum SocketPeer {
    /// The process that made the pair of which this is one end (SO_PEERCRED); nil when it is no such socket.
    static func processIdentifier(of socket: Int32) -> Int32? {
        // A `struct ucred`: the numbers of the process, its user and its group.
        var credentials: (Int32, UInt32, UInt32) = (0, 0, 0)
        var length = socklen_t(MemoryLayout.size(ofValue: credentials))
        // Writes at most `length` bytes.
        let isKnown = unsafe getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0
        return isKnown && credentials.0 > 0 ? credentials.0 : nil
    }
}
