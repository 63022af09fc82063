// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import LetterCounting
import Multiprocessing

/// `lettercount spark`: what was typed.
struct Spark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spark",
        abstract: "Count on a cluster of Apache Spark, and report as count does.",
        discussion: """
            Submits to Spark in client mode: this program goes along with the job and is the worker in every task, so the machines \
            need neither Swift nor this program, but Python 3, as Spark itself. Build it with --static-swift-stdlib for that. A task \
            whose worker dies is repeated, as often as spark.task.maxFailures says; the result is all of the documents or an error.

            SOURCES
              URLs, rfc:1-9, files, folders, @list  read by the workers, so files must
                                                    lie where all machines see them
              hdfs://…, s3a://…, file:///…          read by Spark, patterns too
              @hdfs://…                             a list that Spark reads

            What Spark reads is held in memory document by document, 2 GiB at most. With --split it is read line by line instead, \
            unpacked where its name says that it is compressed, and large files are divided among the machines.

            EXAMPLES
              lettercount spark --master spark://head:7077 /shared/texts
              lettercount spark --master yarn 'hdfs:///crawl/*.txt'
              lettercount spark --master 'local[4]' --split 's3a://bucket/wet/*.gz' \\
                --conf spark.jars.packages=org.apache.hadoop:hadoop-aws:3.4.1

            EXIT CODES
            \(Ending.table)
            """)

    @OptionGroup var input: InputOptions

    @Option(help: ArgumentHelp("Which Spark: spark://host:7077, yarn, k8s://…, local[4], ….", valueName: "url"))
    var master: String

    @Option(
        help: ArgumentHelp("Where Spark is (default: $SPARK_HOME, or spark-submit on the PATH).", valueName: "folder"))
    var sparkHome: String?

    @Option(help: ArgumentHelp("The lettercount that the machines run (default: this program).", valueName: "file"))
    var binary: String?

    @Option(help: ArgumentHelp("A setting of Spark; may be repeated.", valueName: "key=value"))
    var conf: [String] = []

    @Option(
        help: ArgumentHelp(
            "Into how many parts the documents are divided (default: one for each hundred, more than 100 only with a thousand in each).",
            valueName: "n"))
    var tasks: Int?

    @Flag(help: "Let Spark read line by line: for large and for compressed files. Bytes are then about right only.")
    var split = false

    @Flag(help: "Report what could not be counted, and count the others.")
    var keepGoing = false

    @Option(help: ArgumentHelp("How many URLs each task reads at a time.", valueName: "n"))
    var connections: Int = 16

    @Option(help: "What is a letter: the bytes A-Z and a-z, or those of what Python prints for a bytes object.")
    var text: TextInterpretation = .letters

    @Option(name: .shortAndLong, help: "How the result is written.")
    var format: ReportFormat = .table

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Write the result to a file, whole or not at all.", valueName: "file"))
    var output: String?

    @Flag(name: .shortAndLong, help: "No notes.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Show what Spark says.")
    var verbose = false

    func validate() throws {
        if input.sources.isEmpty { throw ValidationError("Say what is to be counted: a list, a folder, hdfs://….") }
        if master.isEmpty { throw ValidationError("--master needs Spark's address, for example spark://host:7077.") }
        try Ranges.require(tasks.map((1...1_000_000).contains) ?? true, "--tasks", "1 to 1000000")
        try Ranges.require(
            (1...CountPlan.mostConnections).contains(connections), "--connections", "1 to \(CountPlan.mostConnections)")
        if let wrong = conf.first(where: { !$0.contains("=") || $0.hasPrefix("=") }) {
            throw ValidationError("--conf \(wrong) is no setting; write --conf key=value.")
        }
        if split, text != .letters {
            throw ValidationError("--text \(text.rawValue) counts whole documents; leave --split out.")
        }
        if quiet && verbose { throw ValidationError("--quiet and --verbose exclude each other.") }
        if output?.isEmpty == true { throw ValidationError("--output needs the name of a file.") }
    }

    /// Counts; the only return is by an error, before anything has begun.
    func run() throws {
        let destination = ResultDestination(output: output)
        try destination.check()
        let job = SparkJob(
            plan: try SparkPlan(self), console: Console(quiet ? .quiet : verbose ? .verbose : .normal),
            answer: ReportAnswer(format: format, destination: destination))
        var interruption = Interruption.hold()
        job.start()
        job.interrupt(by: interruption.wait())
    }
}
