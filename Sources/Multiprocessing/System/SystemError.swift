// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the operating system said when it was asked for something.
///
/// Thrown only by the lowest layer; the errors of the layers above carry it as their cause.
public struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was attempted, as a phrase: "start a program", "reserve a socket pair".
    public let operation: String

    /// The C library's `errno`, for example `EMFILE`.
    public let code: Int32

    package init(_ operation: String, code: Int32) {
        self.operation = operation
        self.code = code
    }

    /// For what the rooms above find out themselves, since only this one knows the C library's numbers.
    static let brokenProtocol = EPROTO
    static let noSuchProcess = ESRCH
    static let noDescriptors = EMFILE

    /// Whether a send would have to wait: for room, or until descriptors that are under way have been taken in.
    var isNoRoom: Bool { code == EAGAIN || code == ETOOMANYREFS }

    /// Whether a send would have to wait for room, which can be waited for.
    var isNoRoomNow: Bool { code == EAGAIN }

    /// Whether the other side of a socket is gone, of which there are several views.
    var isEndOfConversation: Bool { [EPIPE, ECONNRESET, ENOTCONN, ECONNREFUSED, ESHUTDOWN].contains(code) }

    public var description: String {
        // strerror's buffer is the calling thread's own since glibc 2.32.
        let text = unsafe String(cString: strerror(code))
        return "could not \(operation): \(text) (errno \(code))\(remedy.map { "; \($0)" } ?? "")"
    }

    /// What usually helps, where there is such a thing.
    private var remedy: String? {
        switch code {
        case EMFILE: "this process has used up its descriptors: raise `ulimit -n` or use fewer workers"
        case EAGAIN: "a limit on processes or threads was reached: see `ulimit -u` or use fewer workers"
        case ETOOMANYREFS:
            "too many descriptors are under way that nobody has received yet: receive, or raise `ulimit -n`"
        case ENOMEM: "memory is short: use fewer workers"
        default: nil
        }
    }
}
