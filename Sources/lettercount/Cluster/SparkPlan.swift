// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import LetterCounting
import Multiprocessing

/// What is meant by a `lettercount spark` that was typed: what is counted, and what Spark is told.
struct SparkPlan: Sendable {
    /// Where the documents are.
    enum Input: Equatable, Sendable {
        /// Names that each worker understands.
        case documents([String])
        /// A list in a Hadoop file system.
        case list(String)
        /// Documents, or, if they are divided, parts of documents, that Spark reads.
        case contents([String], areParts: Bool)
    }

    let input: Input
    let master: String
    /// Nil for a `spark-submit` that is on the path.
    let home: String?
    /// Nil for this program.
    let binary: String?
    let settings: [String]
    let tasks: Int
    let worker: [String]

    /// A task takes Spark 0.14 s of a processor, whatever is in it. So there are enough of them for a few machines first, and
    /// then more only where each has much to do.
    private static let documentsPerTask = 100
    private static let enoughTasks = 100
    private static let documentsPerLargeTask = 1_000
    private static let mostTasks = 10_000

    init(
        _ typed: Spark, environment: (String) -> String? = Environment.value, workingDirectory: String = OwnFolder.path
    ) throws(Refusal) {
        input = try Self.input(typed, environment, workingDirectory)
        master = typed.master
        home = typed.sparkHome ?? environment("SPARK_HOME").flatMap { $0.isEmpty ? nil : $0 }
        binary = typed.binary
        settings = typed.conf
        tasks = typed.tasks ?? Self.tasks(for: input)
        worker = Self.worker(typed, input)
    }

    private static func tasks(for input: Input) -> Int {
        switch input {
        case .documents(let names): tasks(for: names.count)
        // At least; Spark makes more of large files.
        case .list, .contents: enoughTasks
        }
    }

    static func tasks(for documents: Int) -> Int {
        func parts(of size: Int) -> Int { (documents + size - 1) / size }
        return max(1, min(parts(of: documentsPerTask), enoughTasks), min(parts(of: documentsPerLargeTask), mostTasks))
    }

    private static func worker(_ typed: Spark, _ input: Input) -> [String] {
        var arguments = ["worker", "--text", typed.text.rawValue]
        if typed.keepGoing { arguments.append("--keep-going") }
        if let most = typed.input.maxBytes { arguments += ["--max-bytes", "\(most)"] }
        switch input {
        case .contents(_, let areParts): return arguments + ["--input", areParts ? "parts" : "documents"]
        case .documents: arguments.append("--null")
        case .list: break
        }
        // A task is given one processor, and reads many URLs with it.
        return arguments + [
            "--workers", "1", "--connections", "\(typed.connections)", "--timeout", "\(typed.input.timeout)",
            "--retries",
            "\(typed.input.retries)",
        ]
    }

    // MARK: What is counted

    private static func input(
        _ typed: Spark, _ environment: (String) -> String?, _ folder: String
    ) throws(Refusal) -> Input {
        let sources = typed.input.sources
        let lists = sources.filter { $0.hasPrefix("@") && isOfHadoop($0.dropFirst()) }
        let contents = sources.filter { isOfHadoop($0[...]) }
        if let list = lists.first, sources.count == 1 { return .list(String(list.dropFirst())) }
        if !contents.isEmpty, contents.count == sources.count { return .contents(contents, areParts: typed.split) }
        if !lists.isEmpty || !contents.isEmpty {
            throw Refusal(
                .usage,
                "what Spark reads and what the workers read cannot be counted in one run: count apart, with --format json"
            )
        }
        if typed.split { throw Refusal(.usage, "--split is for what Spark reads: hdfs://…, s3a://…, file:///…") }
        guard case .sources(let list) = try typed.input.input(environment) else { return .documents([]) }
        if list.hasStandardInput {
            throw Refusal(.usage, "standard input is not where the workers are; give them a list")
        }
        return .documents(list.documents.map { $0.absoluteName(in: folder) })
    }

    /// Whether it has a scheme that is not one of ours.
    private static func isOfHadoop(_ source: Substring) -> Bool {
        guard let colon = source.firstIndex(of: ":"),
            source[colon...].hasPrefix("://") || source[colon...].hasPrefix(":///")
        else { return false }
        let scheme = source[..<colon].lowercased()
        return scheme.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) }
            && !["", "http", "https"].contains(scheme)
    }

    // MARK: What Spark is told

    /// Ends each name of the list: none has a zero byte in it.
    static let separator = "\0"

    /// The arguments of `spark-submit`.
    func submission(driver: String, binary: String, job: String, logging: String) -> [String] {
        let standard = ["spark.ui.showConsoleProgress=false"]
        return ["--master", master, "--deploy-mode", "client", "--name", "lettercount", "--files", binary]
            + ["--driver-java-options", "-Dlog4j2.configurationFile=file:\(logging)"]
            + (standard + settings).flatMap { ["--conf", $0] } + [driver, job]
    }

    /// What the driver reads.
    func job(list: String, result: String) -> JSONValue {
        let common: [(String, JSONValue)] = [
            ("binary", "lettercount"), ("worker", .array(worker.map { .string($0) })),
            ("merge", ["merge", "--format", "ndjson"]), ("tasks", JSONValue(tasks)), ("result", .string(result)),
        ]
        switch input {
        case .documents: return .object(common + [("list", .string(list)), ("separator", .string(Self.separator))])
        case .list(let url): return .object(common + [("list", .string(url))])
        case .contents(let urls, let areParts):
            return .object(common + [("contents", .array(urls.map { .string($0) })), ("parts", JSONValue(areParts))])
        }
    }
}
