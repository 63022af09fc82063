// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc

/// The machine's processors, as far as it matters where a thread runs.
enum Processor {
    /// How many there can be.
    static let count = max(1, sysconf(Int32(_SC_NPROCESSORS_CONF)))

    /// The number of the one that the calling thread runs on. It may run on another a moment later: a hint, for spreading
    /// things. Costs about 2 ns.
    static var current: Int { Int(mp_current_processor()) }
}
