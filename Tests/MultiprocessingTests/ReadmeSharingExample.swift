// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

struct FindLongest: Work {
    var words: [String]
    var longest: SharedMutex<Int>  // the same memory in every process, behind a lock
    var news: Sender<String>  // the sending end of a channel

    func run() async throws {
        for word in words {
            let isNew = try await longest.withLock { longest in
                defer { longest = max(longest, word.count) }
                return word.count > longest
            }
            if isNew { try await news.send(word) }
        }
    }
}

func longestWords(in texts: [[String]]) async throws -> (length: Int, candidates: [String]) {
    let longest = try SharedMutex(0)
    let news = try Channel<String>()
    let works = texts.map { FindLongest(words: $0, longest: longest, news: news.sender) }
    async let candidates = news.receiver.reduce(into: []) { $0.append($1) }
    try await withWorkerPool(.processes(2)) { pool in _ = try await pool.map(works) }
    news.sender.finish()  // the workers' copies are gone with their works
    return try (longest.withLockIfAvailable { $0 } ?? 0, await candidates)
}
