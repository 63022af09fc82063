// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// How many workers a run has, and how many documents of the web each of them reads at a time.
struct Parallelism: Hashable, Sendable {
    var workers: Int
    var window: Int

    /// What is known of the documents.
    struct Documents {
        /// Nil when it is not known before the folders are listed.
        var count: Int?
        /// Whether any of them comes over the network.
        var areOfWeb: Bool
    }

    /// - Parameters:
    ///   - workers: What was asked for.
    ///   - connections: How many documents of the web shall be under way at a time, if it was said.
    init(_ model: CountingModel, of documents: Documents, workers: Int?, connections: Int?, machine: Machine) {
        // A thread or a task costs little enough for each document to have its own. A process does not, and need not: its event
        // loop waits for many.
        let areShared = model.model == .processes && model.returnsCounts && documents.areOfWeb
        self.workers =
            switch model.model {
            case .sequential: 1
            case .processes where areShared:
                workers ?? max(1, min(machine.usableProcessors, documents.count ?? .max))
            default:
                workers
                    ?? DefaultWorkers.count(
                        documentCount: documents.count, hasWebDocuments: documents.areOfWeb, machine: machine,
                        mostForWeb: connections ?? DefaultWorkers.mostForWeb)
            }
        let most = connections ?? (areShared ? max(self.workers, DefaultWorkers.mostForWeb) : self.workers)
        let underway = min(most, documents.count ?? most)
        let isAllowed = model.model != .sequential && model.returnsCounts && documents.areOfWeb
        window = isAllowed ? max(1, (underway + self.workers - 1) / self.workers) : 1
    }
}
