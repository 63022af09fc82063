// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import LetterCounting
import Multiprocessing

/// Everything that measuring has to know, checked and with all defaults filled in.
struct CompareSettings: Sendable {
    var input: CountPlan.Input
    /// As the user named the documents.
    var sourceNames: String
    var limits: ReadLimits
    var text: TextInterpretation
    var grain: UpdateGrain
    var models: [CountingModel]
    var workloads: Set<Workload.Kind>
    /// Nil: as many as the documents ask for when waiting, as the processors when computing.
    var workers: Int?
    /// Nil: as many as fit into the time.
    var runs: Int?
    /// Nil: until one worker needs long enough to be measured.
    var passes: Int?
    var delayMilliseconds: Int
    /// For all of it, as a goal.
    var seconds: Double
    var wantsTimeline: Bool
    /// Those whose times over workers and over bytes are wanted, too.
    var scaledModels: [CountingModel]
}

extension Workload {
    /// Which of the two.
    enum Kind: String, CaseIterable, Sendable {
        case waiting
        case computing
    }
}

extension CountingModel {
    /// All that are compared unless some are chosen: the sequential one, then by what the workers are.
    static func all(grain: UpdateGrain) -> [CountingModel] {
        let syncs = TableSync.allCases
        let threads = syncs.map { CountingModel(.threads, sync: $0, grain: grain) }
        let processes = StartMethod.allCases.flatMap { method in
            [CountingModel(.processes, startMethod: method, ipc: .messages, grain: grain)]
                + syncs.map {
                    CountingModel(.processes, startMethod: method, ipc: .sharedMemory, sync: $0, grain: grain)
                }
        }
        return [CountingModel(.sequential, grain: grain), CountingModel(.tasks, grain: grain)] + threads + processes
    }

    /// Of those that share nothing, the one that shares the process and the one that does not.
    static let scaledByDefault = [CountingModel(.threads, grain: .letter), CountingModel(.processes, grain: .letter)]

    /// Whether its name is this one or goes on after it: `processes/fork` chooses five of them.
    func isChosen(by pattern: String) -> Bool {
        name == pattern || name.hasPrefix(pattern + "/")
    }
}
