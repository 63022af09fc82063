// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

// From MessagesAndQueues.md.

struct Steps: Work {
    var count: Int
    var news: Sender<String>

    func run() async throws -> Int {
        for step in 1...count { try await news.send("step \(step) of \(count)") }
        return count
    }
}

func watchSteps(print: (Any) -> Void) async throws -> Int {
    let news = try Channel<String>()
    let child = try ChildProcess.start(Steps(count: 3, news: news.sender))
    news.sender.finish()  // here nobody sends
    for try await line in news.receiver { print(line) }  // ends with the child's sender
    return try await child.outcome.get()
}

struct Translator: Work {
    var caller: Connection<String, Int>  // says strings, hears numbers

    func run() async throws {
        while let number = try await caller.receive() { try await caller.send(String(number, radix: 2)) }
    }
}

func inBinary(_ numbers: [Int]) async throws -> [String] {
    let (here, there) = try Connection<Int, String>.pair()
    let child = try ChildProcess.start(Translator(caller: there))
    there.close()  // the child has its own
    var answers: [String] = []
    for number in numbers {
        try await here.send(number)
        if let answer = try await here.receive() { answers.append(answer) }
    }
    here.finish()  // the child's next receive answers nil
    try await child.outcome.get()
    return answers
}

struct SumUp: Work {
    var numbers: SharedQueue<Int>.Receiver

    func run() async throws -> Int { try await numbers.reduce(0, +) }
}

func sumOfAll(_ numbers: Range<Int>) async throws -> Int {
    let queue = try SharedQueue<Int>(capacity: 1_000)
    return try await withWorkerPool(.processes(2)) { pool in
        async let sums = pool.map([SumUp(numbers: queue.receiver), SumUp(numbers: queue.receiver)])
        for number in numbers { try await queue.send(number) }
        queue.finish()  // the workers receive what is there, then nil
        return try await sums.reduce(0, +)
    }
}

func firstLine(of receivers: [Receiver<String>], within time: Duration) async throws -> String? {
    guard let index = await waitForAny(of: receivers, timeout: time).first else { return nil }
    return try await receivers[index].receive()
}
