// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CorpusServer
import Documents
import Multiprocessing

extension HeldCorpus {
    /// Reads all documents that the user named, many at a time; the program's own without any.
    ///
    /// - Throws: `Refusal` when one of them cannot be read: models must not be compared on what happened to be there.
    static func read(_ input: CountPlan.Input, limits: ReadLimits) async throws(Refusal) -> HeldCorpus {
        let documents: [(name: String, bytes: [UInt8])]
        switch input {
        case .embeddedServer(let corpus):
            documents = corpus.names.map { ($0, corpus.document(named: $0) ?? []) }
        case .sources(let list):
            documents = try await read(Array(list.documents), limits: limits)
        }
        if documents.isEmpty { throw Refusal(.noInput, "there is no document to count") }
        do { return try HeldCorpus(documents) } catch {
            throw Refusal(.defect, "the documents do not fit into memory: \(error)")
        }
    }

    private static func read(
        _ documents: [Document], limits: ReadLimits
    ) async throws(Refusal) -> [(name: String, bytes: [UInt8])] {
        do {
            let works = documents.map { ReadDocument(document: $0, limits: limits) }
            let workers = min(DefaultWorkers.mostForWeb, max(1, documents.count))
            let contents = try await withWorkerPool(.threads(workers)) { try await $0.map(works) }
            await DocumentReaders.shutDown()
            return zip(documents, contents).map { ($0.description, $1) }
        } catch let failure as WorkFailure {
            let failed = FailedDocument("a document", failure)
            throw Refusal(.noInput, "cannot compare, since not every document can be read: \(failed.reason)")
        } catch {
            throw Refusal(.defect, "\(error)")
        }
    }
}

/// Reads one document whole.
struct ReadDocument: Work {
    var document: Document
    var limits: ReadLimits

    func run() async throws -> [UInt8] {
        let reader = DocumentReaders.reader(for: limits)
        return try await reader.read(document) {
            [UInt8]()
        } update: { bytes, piece in
            bytes.append(piece)
        }.state
    }
}
