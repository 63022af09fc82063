// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// Who does the counting.
enum ExecutionModel: String, CaseIterable, Sendable, Codable {
    case sequential
    case tasks
    case threads
    case processes
}

/// What keeps workers that share a table of letters from undoing each other's updates.
enum TableSync: String, CaseIterable, Sendable, Codable {
    /// Nothing: an update is a load, an addition and a store, and another worker's may come in between and be lost.
    case none
    /// A lock around each update.
    case mutex
    /// Each update is one atomic addition.
    case atomic
    /// Nothing is shared: a table for each worker, added up at the end.
    case sharded
}

/// How the counts get from worker processes to the process that wants them.
enum IPCMethod: String, CaseIterable, Sendable, Codable {
    /// Each document's table is sent.
    case messages
    /// The workers count into memory that all of them have mapped.
    case sharedMemory = "shared-memory"
}

/// How much is counted before the table is updated.
enum UpdateGrain: String, CaseIterable, Sendable, Codable {
    case letter
    /// Of `blockByteCount` bytes.
    case block
    case document

    static let blockByteCount = 4_096
}

/// One way of counting, complete: who counts, and what the table of letters is to those who do.
struct CountingModel: Hashable, Sendable, Codable {
    var model: ExecutionModel
    /// Nil unless the model is processes.
    var startMethod: StartMethod?
    /// Nil unless the model is processes.
    var ipc: IPCMethod?
    var sync: TableSync
    var grain: UpdateGrain

    /// With what is not said as it is usual: nothing shared, and results by messages. Letters are counted one by one where
    /// the table is shared, because that is where it matters, and document by document where it is not.
    init(
        _ model: ExecutionModel, startMethod: StartMethod? = nil, ipc: IPCMethod? = nil, sync: TableSync? = nil,
        grain: UpdateGrain? = nil
    ) {
        let isOfProcesses = model == .processes
        let isShared = (sync ?? .sharded) != .sharded
        self.model = model
        self.startMethod = isOfProcesses ? startMethod ?? .forkServer : nil
        self.ipc = isOfProcesses ? ipc ?? (isShared ? .sharedMemory : .messages) : nil
        self.sync = sync ?? .sharded
        self.grain = grain ?? (isShared ? .letter : .document)
    }

    /// For people and for `--model` of `compare`: `threads/mutex`, `processes/fork/shared-memory/atomic`. What has
    /// no alternatives is left out, and so is the grain.
    var name: String {
        switch model {
        case .sequential: model.rawValue
        case .tasks, .threads: "\(model.rawValue)/\(sync.rawValue)"
        case .processes:
            ([model.rawValue, startMethod?.rawValue, ipc?.rawValue]
                + (ipc == .messages ? [] : [sync.rawValue])).compactMap(\.self).joined(separator: "/")
        }
    }

    /// Whether several workers update one table.
    var sharesTable: Bool { sync != .sharded }

    /// Whether each document's counts come back with it, so that documents can go to a worker together.
    var returnsCounts: Bool { !sharesTable && ipc != .sharedMemory }

    /// Whether every run must give the exact table.
    var isSynchronised: Bool { sync != .none }
}

/// How many workers a run gets that was not told.
enum DefaultWorkers {
    /// Documents in flight: waiting for the network takes no processor, so there may be many, but a server is not to
    /// be stormed.
    static let mostForWeb = 32

    /// - Parameters:
    ///   - documentCount: nil when it is not known before the folders are listed.
    ///   - hasWebDocuments: whether any of them comes over the network.
    ///   - mostForWeb: how many of these are to be under way at a time.
    static func count(
        documentCount: Int?, hasWebDocuments: Bool, machine: Machine, mostForWeb: Int = mostForWeb
    ) -> Int {
        let most = hasWebDocuments ? max(mostForWeb, machine.usableProcessors) : machine.usableProcessors
        return max(1, min(most, documentCount ?? most))
    }
}
