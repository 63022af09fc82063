// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import Documents

extension DocumentReader {
    /// All bytes of a document.
    func content(of document: Document) async throws -> [UInt8] {
        let (bytes, count) = try await read(document, into: { [UInt8]() }, update: Self.append)
        #expect(UInt64(bytes.count) == count)
        return bytes
    }

    func text(of url: String) async throws -> String {
        String(decoding: try await content(of: .web(url)), as: UTF8.self)
    }

    /// Why a document cannot be read, and after how many attempts; `nil` if it can.
    func failure(of document: Document) async -> DocumentFailure? {
        do throws(DocumentFailure) {
            _ = try await read(document, into: {}, update: { _, _ in })
            return nil
        } catch {
            return error
        }
    }

    static func append(_ bytes: inout [UInt8], _ piece: RawSpan) {
        // The span is alive for the call, and its bytes are copied.
        unsafe piece.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }
}

/// The pauses that a reader wanted to make; none of them takes time.
final class Pauses: Sendable {
    private let list = Mutex<[Duration]>([])

    var all: [Duration] { list.withLock { $0 } }

    func add(_ pause: Duration) { list.withLock { $0.append(pause) } }
}

/// Runs `body` with a reader that does not wait between attempts and always draws `random`.
func withReader(
    limits: ReadLimits = ReadLimits(), random: Double = 0.5, pauses: Pauses = Pauses(),
    _ body: (DocumentReader) async throws -> Void
) async throws {
    let reader = DocumentReader(
        limits: limits, policy: RetryPolicy(retries: limits.retries, random: { random }), sleep: { pauses.add($0) })
    let result: Result<Void, any Error>
    do { result = .success(try await body(reader)) } catch { result = .failure(error) }
    await reader.shutDown()
    return try result.get()
}

/// Runs `body` with a server and a reader for it.
func withServerAndReader(
    limits: ReadLimits = ReadLimits(), random: Double = 0.5, pauses: Pauses = Pauses(),
    script: @escaping ScriptedServer.Script, _ body: (ScriptedServer, DocumentReader) async throws -> Void
) async throws {
    try await withServer(script) { server in
        try await withReader(limits: limits, random: random, pauses: pauses) { try await body(server, $0) }
    }
}

/// Keeps what a file reader delivers.
struct Content: PieceReceiver {
    private(set) var bytes: [UInt8] = []
    private(set) var restarts = 0
    /// Called before a piece is looked at.
    var interference: ((RawSpan) -> Void)?

    mutating func receive(_ piece: RawSpan) {
        interference?(piece)
        DocumentReader.append(&bytes, piece)
    }

    mutating func restart() {
        bytes = []
        restarts += 1
    }

    /// What came since this was asked last.
    mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }
}
