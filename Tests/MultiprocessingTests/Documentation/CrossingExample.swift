// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

// From WhatCrossesAProcessBoundary.md.

struct TooLarge: Error, Codable {
    var limit: Int
}

struct Factorial: Work {
    var number: Int

    func run() throws -> Int {
        if number > 20 { throw TooLarge(limit: 20) }
        return (1...max(1, number)).reduce(1, *)
    }
}

func factorial(of number: Int, in pool: any WorkerPool) async throws -> Int {
    do {
        return try await pool.run(Factorial(number: number))
    } catch .threw(let error) {
        guard let reason = error.decoded(as: TooLarge.self) else { throw error }
        return try await pool.run(Factorial(number: reason.limit))
    }
}

enum Vocabulary {
    static let words: Set = ["one", "two", "three"]  // made in each process when it is first asked for
}

struct CountKnownWords: Work {
    var text: [String]

    func run() -> Int { text.count { Vocabulary.words.contains($0) } }
}

struct Shout: Work {
    var text: String

    func run() -> String { text.uppercased() }

    static var workCoding: MessageCoding<Shout> {
        MessageCoding(encode: { Array($0.text.utf8) }, decode: { Shout(text: String(decoding: $0, as: UTF8.self)) })
    }
}
