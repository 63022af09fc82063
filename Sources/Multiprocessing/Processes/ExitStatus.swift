// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// How a process ended, as the kernel reports it.
public enum ExitStatus: Sendable, Hashable, Codable, CustomStringConvertible {
    /// By itself, with this code (0 to 255).
    case exited(Int32)

    /// By this signal.
    case signaled(Int32)

    /// It has ended, but nobody could observe how: the fork server that could have was killed, and this kernel (older
    /// than Linux 6.15) tells nobody else.
    case unobserved

    init(_ record: ExitRecord) {
        switch record.ending {
        case .unknown: self = .unobserved
        case .exited: self = .exited(record.status)
        case .signaled: self = .signaled(record.status)
        }
    }

    /// Whether it ended by itself with code 0.
    public var isSuccess: Bool { self == .exited(0) }

    public var description: String {
        switch self {
        case .exited(let code): "exited with code \(code)"
        case .signaled(let signal): "was killed by \(SignalName.of(signal)) (signal \(signal))"
        case .unobserved: "ended in a way that nobody could observe"
        }
    }
}
