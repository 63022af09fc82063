// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// Who does the counting.
enum ExecutionModel: String, CaseIterable, Sendable {
    case sequential
    case threads
    case processes
}

/// How many workers a run gets that was not told.
enum DefaultWorkers {
    /// Documents in flight: waiting for the network takes no processor, so there may be many, but a server is not to
    /// be stormed.
    static let mostForWeb = 32

    /// - Parameters:
    ///   - documentCount: nil when it is not known before the folders are listed.
    ///   - hasWebDocuments: whether any of them comes over the network.
    static func count(documentCount: Int?, hasWebDocuments: Bool, machine: Machine) -> Int {
        let most = hasWebDocuments ? max(mostForWeb, machine.usableProcessors) : machine.usableProcessors
        return max(1, min(most, documentCount ?? most))
    }
}
