// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Whose worker this process is.
enum WorkerParent {
    // Set once, before the first work; a copy made by fork that is a worker itself sets it anew.
    private static let number = Atomic<Int32>(0)

    /// Remembers who is at the other end of a new worker's socket. For a worker of a fork server that is the server, which made
    /// the socket; its parent says who it is.
    static func remember(over socket: Int32) { remember(SocketPeer.processIdentifier(of: socket) ?? 0) }

    static func remember(_ processIdentifier: Int32) { number.store(processIdentifier, ordering: .relaxed) }

    static var processIdentifier: Int32? {
        let number = number.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }
}

extension WorkerProcess {
    /// The number of the process whose worker this one is; nil in a program that nobody's pool or child is.
    ///
    /// It is the process that started the child or made the pool, under every start method; the system's own answer
    /// (`getppid`) is under `.forkServer` the server, which is nobody's concern. There is no need to watch it: a worker
    /// ends when its parent does, however that happens. Zero cannot occur; a parent in another namespace of process
    /// numbers is nil.
    public static var parentProcessIdentifier: Int32? { WorkerParent.processIdentifier }
}
