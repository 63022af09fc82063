// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix

/// How one attempt to read a web document ended without a document.
struct AttemptFailure: Error {
    let reason: DocumentFailure.Reason

    /// Whether another attempt may succeed.
    let isPassing: Bool

    /// Seconds that the server asks to wait before.
    var requestedPause: Double?

    static func passing(_ reason: DocumentFailure.Reason) -> Self { Self(reason: reason, isPassing: true) }
    static func final(_ reason: DocumentFailure.Reason) -> Self { Self(reason: reason, isPassing: false) }
}

/// Says what the errors of the HTTP client mean for a document.
struct FailureTranslator {
    let limits: ReadLimits

    /// Whether a part of the answer had arrived: the end of the connection means another thing then.
    var hasAnswer = false

    func translate(_ error: any Error) -> AttemptFailure {
        switch error {
        case let error as AttemptFailure: error
        case is CancellationError: .final(.cancelled)
        case let error as HTTPClientError: translate(error)
        case let error as HTTPParserError: translate(error)
        case let error as NIOHTTPDecompression.DecompressionError: translate(error)
        case let error as NIOHTTPDecompression.ExtraDecompressionError: translate(error)
        case let error as NIOConnectionError: .passing(.connection(Self.message(for: error)))
        case let error as IOError: .passing(.connection(SystemFailure.message(for: error.errnoCode)))
        case let error as ChannelError: translate(error)
        default: translateOther(error)
        }
    }

    private func translate(_ error: HTTPClientError) -> AttemptFailure {
        switch error {
        case .remoteConnectionClosed, .uncleanShutdown:
            hasAnswer ? .passing(.truncated) : .passing(.connection("closed without an answer"))
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout: noConnectionInTime
        case .deadlineExceeded, .readTimeout: .final(.timedOut(afterSeconds: limits.timeout))
        case .redirectLimitReached: .final(.tooManyRedirects(limit: WebReading.maximumRedirects))
        case .redirectCycleDetected: .final(.redirectLoop)
        case .cancelled: .final(.cancelled)
        case .alreadyShutdown: .final(.connection("the reader has been shut down"))
        case .invalidURL, .emptyHost, .emptyScheme: .final(.invalidURL(error.shortDescription))
        default: .final(.connection(error.shortDescription))
        }
    }

    private func translate(_ error: HTTPParserError) -> AttemptFailure {
        error == .invalidEOFState
            ? .passing(.truncated) : .final(.connection("the answer is not HTTP: \(error)"))
    }

    private func translate(_ error: NIOHTTPDecompression.DecompressionError) -> AttemptFailure {
        switch error {
        case .limit: .final(.tooLarge(limit: limits.webMaximumBytes))
        case .inflationError: .final(.decompression("the data is damaged"))
        case .initializationError(let code): .final(.decompression("zlib refuses with \(code)"))
        }
    }

    private func translate(_ error: NIOHTTPDecompression.ExtraDecompressionError) -> AttemptFailure {
        // Without a length in the head, this is how a connection that ends too early shows.
        error == .truncatedData ? .passing(.truncated) : .final(.decompression("bytes follow the compressed data"))
    }

    private func translate(_ error: ChannelError) -> AttemptFailure {
        switch error {
        case .connectTimeout, .connectPending: noConnectionInTime
        default: hasAnswer ? .passing(.truncated) : .passing(.connection("closed without an answer"))
        }
    }

    private var noConnectionInTime: AttemptFailure {
        .passing(.connection("no connection within \(DocumentFailure.Reason.short(limits.connectTimeout)) s"))
    }

    private func translateOther(_ error: any Error) -> AttemptFailure {
        // Known by name: linking the TLS library's module for the sake of a cast is not worth it.
        let type = String(reflecting: Swift.type(of: error))
        return type.hasPrefix("NIOSSL.") ? .final(.tls(Self.tlsMessage("\(error)"))) : .final(.connection("\(error)"))
    }

    /// The library's own words, for example `certificate verify failed`, out of a text that is meant for its authors.
    private static func tlsMessage(_ text: String) -> String {
        guard let mark = text.firstRange(of: "OPENSSL_internal:") else { return text }
        let words = text[mark.upperBound...].prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        return words.lowercased().split(separator: "_").joined(separator: " ")
    }

    private static func message(for error: NIOConnectionError) -> String {
        guard let failure = error.connectionErrors.first?.error else {
            return "the host name \(error.host) cannot be resolved"
        }
        return (failure as? IOError).map { SystemFailure.message(for: $0.errnoCode) } ?? "\(failure)"
    }
}
