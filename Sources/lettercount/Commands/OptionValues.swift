// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Public, because conformances of public types are.
public import ArgumentParser
public import LetterCounting
public import Multiprocessing

// Each is typed as its raw value, and the help lists them all.
extension ComparisonFormat: ExpressibleByArgument {}
extension ExecutionModel: ExpressibleByArgument {}
extension IPCMethod: ExpressibleByArgument {}
extension ReportFormat: ExpressibleByArgument {}
extension StartMethod: ExpressibleByArgument {}
extension TextInterpretation: ExpressibleByArgument {}
extension TableSync: ExpressibleByArgument {}
extension UpdateGrain: ExpressibleByArgument {}
extension Workload.Kind: ExpressibleByArgument {}

/// Which of the options about the model go together.
enum ModelOptions {
    static func check(_ model: ExecutionModel, ipc: IPCMethod?, sync: TableSync?) throws {
        if model == .sequential, let sync, sync != .sharded {
            throw ValidationError("--sync \(sync.rawValue) is not for --model sequential, whose table nobody shares.")
        }
        if model != .processes, let ipc {
            throw ValidationError("--ipc \(ipc.rawValue) is for --model processes only.")
        }
        if ipc == .messages, let sync, sync != .sharded {
            throw ValidationError(
                "--sync \(sync.rawValue) needs a table that is shared: with --ipc messages there is none, so nothing is to be "
                    + "synchronised. Use --ipc shared-memory.")
        }
    }
}
