// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting

/// The machine, the documents, and how it was measured.
struct FactsSection: Sendable {
    let comparison: Comparison

    @MarkupBuilder var markup: Markup {
        tag("section", ["id": "facts", "aria-labelledby": "facts-heading"]) {
            tag("h2", ["id": "facts-heading"]) { "Machine and documents" }
            tag("div", ["class": "pair"]) {
                list("Machine", machine)
                list("Documents", documents)
            }
        }
        tag("section", ["id": "method", "aria-labelledby": "method-heading"]) {
            tag("h2", ["id": "method-heading"]) { "How it was measured" }
            tag("ul", ["class": "method"]) { method.map { text in tag("li") { text } } }
        }
    }

    private func list(_ title: String, _ facts: [(name: String, text: String, figure: Figure?)]) -> Markup {
        tag("div", ["class": "panel"]) {
            tag("h3") { title }
            tag("dl") {
                facts.map { fact in
                    Markup.joined([
                        tag("dt") { fact.name }, tag("dd", fact.figure?.attributes ?? [:]) { fact.text },
                    ])
                }
            }
        }
    }

    private var machine: [(name: String, text: String, figure: Figure?)] {
        let machine = comparison.machine
        let processors = Figure(machine.usableProcessors, key: "machine.usableProcessors")
        let memory = Figure(machine.memoryBytes, key: "machine.memoryBytes")
        return [
            ("Processor", machine.processor, nil),
            ("Usable processors", "\(machine.usableProcessors)", processors),
            ("Memory", Quantity.bytes.text(Double(machine.memoryBytes)), memory),
            ("System", machine.system, nil), ("Compiler", machine.compiler, nil),
            ("Program", "lettercount \(machine.version)\(machine.isOptimised ? "" : ", not optimised")", nil),
            ("Date", ComparisonPage.date(comparison), nil),
        ]
    }

    private var documents: [(name: String, text: String, figure: Figure?)] {
        let corpus = comparison.corpus
        return [
            ("Sources", corpus.sourcesText, nil),
            ("Documents", Quantity.grouped(corpus.documents), Figure(corpus.documents, key: "corpus.documents")),
            (
                "Size", "\(Quantity.bytes.text(Double(corpus.bytes))) (\(Quantity.grouped(corpus.bytes)) bytes)",
                Figure(corpus.bytes, key: "corpus.bytes")
            ),
            (
                "Letters", Quantity.grouped(corpus.letters.total),
                Figure(corpus.letters.total, key: "corpus.total")
            ),
            (
                "What is a letter",
                corpus.text == .letters ? "A to Z, both cases as one" : "those of what Python prints for the bytes", nil
            ),
        ]
    }

    private var method: [String] { (comparison.workloads.isEmpty ? [] : Self.rounds) + Self.times + memory }

    private var memory: [String] { comparison.workloads.isEmpty ? [] : Self.memoryAndLosses }

    private static let rounds = [
        "The runs are interleaved: each round runs every model once, so what disturbs the machine for a while disturbs all "
            + "of them alike. Speed-ups are computed within each round."
    ]

    private static let times = [
        "The figures are medians, with the quartiles as their uncertainty: half of the runs lie between the quartiles. A busy "
            + "machine makes single runs slower and none faster, and a mean would move with them.",
        "Time is from the start of the first worker until the sum is there. The start of the workers is in it; the start of "
            + "the program is not. Processor time is that of all processes of a run.",
    ]

    private static let memoryAndLosses = [
        "Peak memory is the greatest memory of all processes of a run together, pages that several of them share counted once. "
            + "It is measured in a run of its own, because looking takes time.",
        "The exact table is counted once, by the plainest loop, before anything is measured. Lost updates are what a run’s "
            + "table has less than it, letter by letter.",
    ]
}

extension CorpusFacts {
    /// What the user named, or what there is where nobody named anything.
    var sourcesText: String { sources.isEmpty ? "made by this program" : sources }
}
