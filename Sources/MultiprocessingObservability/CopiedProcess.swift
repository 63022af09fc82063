// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing
import Synchronization

/// Whether this process is a copy, made by fork, of one in which a program's `main` has run.
///
/// What is global there is global here, as it was: a log that is bootstrapped cannot be bootstrapped again.
enum CopiedProcess {
    /// In the original this is its own number; a copy inherits it.
    private static let original = Atomic<Int32>(0)

    /// To be called before a worker is started, in the process that starts it.
    static func noteOriginal() {
        _ = original.compareExchange(
            expected: 0, desired: Caller.processIdentifier, ordering: .sequentiallyConsistent)
    }

    static var isCopy: Bool {
        let number = original.load(ordering: .sequentiallyConsistent)
        return number != 0 && number != Caller.processIdentifier
    }
}
