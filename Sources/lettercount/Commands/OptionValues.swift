// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Public, because conformances of public types are.
public import ArgumentParser
public import LetterCounting
public import Multiprocessing

/// An option that is typed as its raw value; the help lists them all.
///
/// What the parser would find out by itself it finds by key paths and casts, a third of a millisecond of every start.
public protocol TypedByRawValue: ExpressibleByArgument, CaseIterable, RawRepresentable where RawValue == String {}

extension TypedByRawValue {
    public static var allValueStrings: [String] { allCases.map { $0.rawValue } }
    public var defaultValueDescription: String { rawValue }
}

extension ComparisonFormat: TypedByRawValue {}
extension ExecutionModel: TypedByRawValue {}
extension IPCMethod: TypedByRawValue {}
extension ReportFormat: TypedByRawValue {}
extension StartMethod: TypedByRawValue {}
extension TextInterpretation: TypedByRawValue {}
extension TableSync: TypedByRawValue {}
extension UpdateGrain: TypedByRawValue {}
extension Workload.Kind: TypedByRawValue {}

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
