// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import Multiprocessing

extension FailedDocument {
    init(_ source: String, _ failure: WorkFailure) {
        self.source = source
        reason = Self.reason(failure)
    }

    private static func reason(_ failure: WorkFailure) -> String {
        switch failure {
        case .threw(let error):
            guard let failure = error.decoded(as: DocumentFailure.self) else { return error.description }
            let tries = failure.attempts > 1 ? " (after \(failure.attempts) attempts)" : ""
            return failure.reason.description + tries
        case .died(let report):
            return report.briefDescription
        default:
            return failure.description
        }
    }
}

extension CrashReport {
    /// In a clause: what it was doing is said beside it, and its last words have been on standard error already.
    var briefDescription: String { "worker process \(processIdentifier) \(status)" }
}
