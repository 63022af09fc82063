// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Messages between processes: a conversation with one child over a connection, and the news of three children over one
// channel. Each message is a typed value; the ends are values, too, and travel as fields of a work.

import LetterCounting
import Multiprocessing

struct Question: Codable, Sendable {
    var text: String
}

struct Answer: Codable, Sendable {
    var letters: LetterCounts
    var questionsSoFar: Int
}

/// Answers until there are no more questions.
struct Oracle: Work {
    var asker: Connection<Answer, Question>

    func run() async throws {
        var count = 0
        while let question = try await asker.receive() {
            count += 1
            try await asker.send(Answer(letters: LetterCounter.count(Array(question.text.utf8)), questionsSoFar: count))
        }
    }
}

struct Reporter: Work {
    var name: String
    var news: Sender<String>

    func run() async throws {
        for part in 1...2 { try await news.send("\(name) has done part \(part)") }
    }
}

@main
struct Messages {
    static func main() async throws {
        let (here, there) = try Connection<Question, Answer>.pair()
        let oracle = try ChildProcess.start(Oracle(asker: there))
        for text in ["a banana", "an ocean", "zoo"] {
            try await here.send(Question(text: text))
            guard let answer = try await here.receive() else { break }
            print("Answer \(answer.questionsSoFar), about \"\(text)\": \(answer.letters)")
        }
        here.finish()  // No more questions: the child's next `receive` gives nil.
        print("The child \(await oracle.exitStatus).")

        let news = try Channel<String>()
        let reporters = try ["Ada", "Ben", "Cleo"].map { try ChildProcess.start(Reporter(name: $0, news: news.sender)) }
        news.sender.finish()  // Here nobody sends; the channel ends with the last child's end.
        for try await line in news.receiver { print(line) }
        print("All \(reporters.count) senders are gone.")
    }
}
