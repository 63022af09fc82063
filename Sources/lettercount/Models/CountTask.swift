// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import LetterCounting

/// What has to be known to count a document, beside the document.
struct CountTask: Codable, Sendable {
    var text: TextInterpretation
    var grain: UpdateGrain
    var limits: ReadLimits
    /// The name of the kernel that counts; the fastest if not given. By its name, since a kernel is a proof about the processor of
    /// the process that has it.
    var kernelName: String?
    /// Whether the exact number of letters is wanted beside those in a table whose updates may be lost.
    var isChecked = false

    var kernel: Kernel { kernelName.flatMap { Kernel(named: $0) } ?? .best }
}

/// The letters of one whole document. It holds no references, so it travels as its bytes.
struct DocumentCounts: BitwiseCopyable, Sendable {
    /// Zeros where they went into a table.
    var letters: LetterCounts
    var byteCount: UInt64
    /// All letters of the document; 0 unless `CountTask.isChecked`.
    var exactTotal: UInt64 = 0
    var timing = DocumentTiming()
}

/// So many workers have died that no shard is left for another one.
struct OutOfShards: Error, CustomStringConvertible {
    var description: String { "too many workers have died: none of the shared table's shards is left for another one" }
}
