// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import LetterCounting
import Multiprocessing

/// The work of the two workloads, made of one corpus.
struct Loads: Sendable {
    let corpus: HeldCorpus
    let letters: LetterCounts
    let text: TextInterpretation

    init(_ corpus: HeldCorpus, _ text: TextInterpretation) {
        self.corpus = corpus
        self.text = text
        letters = corpus.letters(text)
    }

    var names: [String] { corpus.entries.map { HeldCorpus.shortName($0.name) } }

    func computing(passes: Int) -> LoadedWork {
        LoadedWork(
            workload: .computing(passes: passes), input: .held(corpus, passes: passes),
            letters: letters * UInt64(passes),
            bytes: corpus.byteCount, names: names)
    }

    func waiting(_ server: ServedCorpus, delayMilliseconds: Int) -> LoadedWork {
        LoadedWork(
            workload: .waiting(delayMilliseconds: delayMilliseconds), input: .served(server.sources(of: corpus)),
            letters: letters, bytes: corpus.byteCount, names: names)
    }

    /// How many passes keep one worker busy for about so long.
    func passes(for seconds: Double, grain: UpdateGrain) -> Int {
        let task = CountTask(text: text, grain: grain, limits: ReadLimits())
        let sources = corpus.sources(passes: 1)
        let least =
            (0..<3).map { _ in
                let began = Caller.nanoseconds
                for case .memory(let held) in sources { _ = held.sumOfPasses { PrivateCounter.count($0, task) } }
                return Double(Caller.nanoseconds - began) / 1e9
            }
            .min() ?? 0
        return least > 0 ? max(1, min(100_000, Int((seconds / least).rounded(.up)))) : 1
    }
}

extension LetterCounts {
    static func * (counts: LetterCounts, factor: UInt64) -> LetterCounts {
        LetterCounts(alphabetical: counts.map { $0.count * factor })
    }
}
