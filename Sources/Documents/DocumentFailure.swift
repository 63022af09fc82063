// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import NIOHTTP1

/// Why one document could not be read; nothing of it has been delivered.
///
/// It is `Codable`, so a worker process can hand it to its parent as it is.
public struct DocumentFailure: Error, Codable, Sendable, Hashable, CustomStringConvertible {
    /// The document's ``Document/description``.
    public var document: String

    /// What went wrong in the last attempt.
    public var reason: Reason

    /// How often it was tried, the first time included.
    public var attempts: Int

    public init(document: String, reason: Reason, attempts: Int = 1) {
        self.document = document
        self.reason = reason
        self.attempts = attempts
    }

    /// One line: what was attempted, on what, and what the system or the server said.
    public var description: String {
        let tries = attempts > 1 ? " (after \(attempts) attempts)" : ""
        return "cannot read \(document): \(reason)\(tries)"
    }
}

extension DocumentFailure {
    /// What stopped the reading; its `description` is a clause without the document's name.
    public enum Reason: Error, Codable, Sendable, Hashable, CustomStringConvertible {
        /// There is nothing at this path any more.
        case noSuchFile

        /// A pipe, a device, a socket, or a folder that could not be listed; `kind` says which, with its article.
        case notARegularFile(kind: String)

        /// The system refused to open, list or read it, and said why.
        case unreadable(String)

        /// The URL cannot be asked for.
        case invalidURL(String)

        /// The server's final answer was not a success, or was a redirect that leads nowhere.
        case httpStatus(Int)

        /// The server redirected more often than `limit` times.
        case tooManyRedirects(limit: Int)

        /// The server redirected to a URL that had been visited already.
        case redirectLoop

        /// No connection, or it broke before an answer came; with what the system said.
        case connection(String)

        /// The encrypted connection could not be agreed on, for example because of the certificate.
        case tls(String)

        /// The whole answer had not arrived after so many seconds.
        case timedOut(afterSeconds: Double)

        /// More than `limit` bytes, counted after decompression.
        case tooLarge(limit: UInt64)

        /// The connection ended before the body did.
        case truncated

        /// The body is compressed in a way that is not understood, or is damaged.
        case decompression(String)

        /// The task that was reading has been cancelled.
        case cancelled

        public var description: String {
            switch self {
            case .noSuchFile: "no such file"
            case .notARegularFile(let kind): "it is \(kind), not a regular file"
            case .unreadable(let message): message
            case .invalidURL(let problem): "not a usable URL: \(problem)"
            case .httpStatus(let code): "the server answered \(Self.phrase(for: code))"
            case .tooManyRedirects(let limit): "the server redirects more than \(limit) times"
            case .redirectLoop: "the server redirects in a circle"
            case .connection(let message): "connection failed: \(message)"
            case .tls(let message): "no encrypted connection: \(message)"
            case .timedOut(let seconds): "timed out: not complete after \(Self.short(seconds)) s"
            case .tooLarge(let limit): "too large: more than \(limit) bytes"
            case .truncated: "the connection ended before the document did"
            case .decompression(let message): "cannot decompress the body: \(message)"
            case .cancelled: "cancelled"
            }
        }

        private static func phrase(for code: Int) -> String {
            let phrase = HTTPResponseStatus(statusCode: code).reasonPhrase
            return phrase.isEmpty ? "\(code)" : "\(code) \(phrase)"
        }

        static func short(_ seconds: Double) -> String {
            seconds == seconds.rounded() && abs(seconds) < 1e15 ? "\(Int64(seconds))" : "\(seconds)"
        }
    }
}
