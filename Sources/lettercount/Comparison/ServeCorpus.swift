// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CorpusServer
import Documents
import Multiprocessing

/// A server of the documents in a process of its own, so that its time and memory are nobody's who is measured.
///
/// It runs until it is killed.
struct ServeCorpus: Work {
    var corpus: HeldCorpus
    var delayMilliseconds: Int
    /// Gets the server's URL as soon as it accepts connections.
    var address: Sender<String>

    func run() async throws {
        let documents = corpus.entries.enumerated().map { index, entry in
            (name: Self.name(of: index), bytes: corpus.bytes(of: entry))
        }
        let server = CorpusServer(.documents(documents), delay: .milliseconds(delayMilliseconds))
        let address = address
        try await server.run { try? await address.send($0.baseURL) }
    }

    /// The names that the user gave may be whole URLs, and twice the same.
    static func name(of index: Int) -> String { "document-\(index + 1)" }
}

/// A running server of a corpus.
struct ServedCorpus: Sendable {
    private let process: ChildProcess<Void>
    let baseURL: String

    /// - Throws: Why it could not be started.
    static func start(_ corpus: HeldCorpus, delayMilliseconds: Int) async throws -> ServedCorpus {
        let channel = try Channel<String>()
        let process = try ChildProcess.start(
            ServeCorpus(corpus: corpus, delayMilliseconds: delayMilliseconds, address: channel.sender), by: .spawn)
        channel.sender.finish()
        guard let baseURL = try await channel.receiver.receive() else {
            // It ended before it listened, and the reason is its outcome.
            _ = try await process.outcome.get()
            throw Refusal(.defect, "the server of the documents ended by itself")
        }
        return ServedCorpus(process: process, baseURL: baseURL)
    }

    func sources(of corpus: HeldCorpus) -> [CountedSource] {
        corpus.entries.indices.map { .document(.web("\(baseURL)/\(ServeCorpus.name(of: $0))")) }
    }

    func stop() async {
        process.kill()
        _ = await process.exitStatus
    }
}
