// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Why this worker does no work at all: it could not be prepared as it was to be.
///
/// Each work is answered with it, rather than the process ended: a pool would replace it by another one that fails alike.
enum WorkerRefusal {
    // Written before the first work, while the worker has one thread.
    nonisolated(unsafe) private static var reason: RemoteFailure?

    static var failure: RemoteFailure? { unsafe reason }

    static func refuse(_ failure: RemoteFailure) { unsafe reason = failure }
}
