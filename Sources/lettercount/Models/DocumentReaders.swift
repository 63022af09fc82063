// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import Synchronization

/// The readers of this process: one for each set of limits, made when it is first needed.
///
/// Work is a value and brings no reader with it. A worker process has a reader of its own, with its own connections,
/// and keeps it from document to document; threads share the one of their process.
enum DocumentReaders {
    private static let readers = Mutex<[ReadLimits: DocumentReader]>([:])

    static func reader(for limits: ReadLimits) -> DocumentReader {
        readers.withLock { readers in
            if let reader = readers[limits] { return reader }
            let reader = DocumentReader(limits: limits)
            readers[limits] = reader
            return reader
        }
    }

    /// Ends their event loops. A worker process needs no such call: it ends with all that it has.
    static func shutDown() async {
        let all = readers.withLock { readers in
            defer { readers = [:] }
            return Array(readers.values)
        }
        for reader in all { await reader.shutDown() }
    }
}

extension [UInt8] {
    /// Copies a piece of a document.
    mutating func append(_ piece: RawSpan) {
        // Within the piece, whose bytes are all there.
        unsafe piece.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }
}
