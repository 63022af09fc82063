// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension WorkFailure {
    /// The failure in one word, the name of its case: for metrics and logs that count failures by kind.
    public var kind: String {
        switch self {
        case .threw: "threw"
        case .died: "died"
        case .cannotTravel: "cannotTravel"
        case .notEncoded: "notEncoded"
        case .notDecoded: "notDecoded"
        case .outputNotEncoded: "outputNotEncoded"
        case .outputNotDecoded: "outputNotDecoded"
        case .cancelled: "cancelled"
        case .deadlineExceeded: "deadlineExceeded"
        case .quarantined: "quarantined"
        case .initializerFailed: "initializerFailed"
        case .poolIsShutDown: "poolIsShutDown"
        case .notStarted: "notStarted"
        case .poolIsBroken: "poolIsBroken"
        }
    }
}
