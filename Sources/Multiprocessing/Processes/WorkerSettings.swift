// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The surroundings that a worker process is given, the same under every start method.
///
/// A setting that is not made is as the start method leaves it: see the table in <doc:ChoosingAStartMethod>.
public struct WorkerSettings: Sendable {
    /// Everything as the start method leaves it.
    public init() {}
}
