// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Why a corpus server could not be started, or ended by itself.
public enum CorpusServerError: Error, Sendable, Hashable {
    /// Another program, or another server of this one, listens on the port.
    case portInUse(Int)
    /// The system does not allow this user to listen on the port.
    case portForbidden(Int)
    /// Listening on the port failed for another reason, which the system gave.
    case cannotListen(port: Int, reason: String)
    /// There is nothing at the path of the folder to be served.
    case noSuchFolder(String)
    /// What is at the path cannot be read as a folder.
    case unreadableFolder(String, reason: String)
    /// A file changed or vanished while it was sent; the connection was closed in the middle of the answer.
    case unreadableFile(String, reason: String)
    /// The server ended although nobody told it to.
    case stopped(reason: String)
}

extension CorpusServerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .portInUse(let port):
            "cannot listen on 127.0.0.1:\(port): the port is in use; choose another, or 0 for any free one"
        case .portForbidden(let port):
            "cannot listen on 127.0.0.1:\(port): not permitted; choose a port from 1024 on, or 0 for any free one"
        case .cannotListen(let port, let reason):
            "cannot listen on 127.0.0.1:\(port): \(reason)"
        case .noSuchFolder(let path):
            "cannot serve \(path): there is no such folder"
        case .unreadableFolder(let path, let reason):
            "cannot serve \(path): it is not a folder that can be read (\(reason))"
        case .unreadableFile(let path, let reason):
            "cannot send \(path): \(reason)"
        case .stopped(let reason):
            "the corpus server ended: \(reason)"
        }
    }
}
