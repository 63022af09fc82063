// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import Multiprocessing
import Subprocess
import Synchronization
import SystemPackage

/// One count by Spark: what it needs is put into a folder, `spark-submit` does it, and its result is reported.
final class SparkJob: Sendable {
    private let plan: SparkPlan
    private let console: Console
    private let answer: ReportAnswer
    private let state = Mutex(State())

    private struct State {
        var task: Task<Void, Never>?
        var folder: JobFolder?
    }

    init(plan: SparkPlan, console: Console, answer: ReportAnswer) {
        self.plan = plan
        self.console = console
        self.answer = answer
    }

    /// Counts, reports, and ends the program; at once it only begins to.
    func start() {
        state.withLock { state in state.task = Task { await run() } }
    }

    private func run() async {
        do {
            let (outcome, time) = try await submit()
            // Before anything is written: that may be the end.
            removeFolder()
            try report(outcome, after: time).leave()
        } catch {
            // Who interrupts the job makes it fail; that is told by the end itself.
            if Task.isCancelled { return }
            removeFolder()
            let refusal = error as? Refusal ?? Refusal(.defect, "\(error)")
            console.error(refusal.message)
            refusal.ending.leave()
        }
    }

    /// Ends Spark's job, and then the program by the signal that it got.
    func interrupt(by signal: Int32) -> Never {
        console.note("stopping Spark; there is no result")
        let task = state.withLock { $0.task }
        Task {
            task?.cancel()
            await task?.value
            removeFolder()
            ProgramEnd.end(by: signal)
        }
        ProgramEnd.never()
    }

    private func removeFolder() { state.withLock { $0.folder.take() }?.remove() }

    // MARK: The parts

    private func report(_ outcome: SparkOutcome, after time: Duration) throws(Refusal) -> Ending {
        var result = CountResult(try outcome.count(plan.input))
        result.elapsed = time
        result.engine = outcome.engine(master: plan.master)
        return answer.give(result, console)
    }

    /// Has Spark count.
    private func submit() async throws -> (SparkOutcome, Duration) {
        let start = ContinuousClock.now
        let folder = try JobFolder()
        state.withLock { $0.folder = folder }
        try prepare(folder)
        let program = plan.home.map { $0 + "/bin/spark-submit" }
        if let program, !folder.isProgram(program) { throw Refusal(.noInput, "there is no \(program)") }
        let arguments = plan.submission(
            driver: folder.path("driver.py"), binary: folder.path("lettercount"), job: folder.path("job.json"),
            logging: folder.path("log4j2.properties"))
        let tasks = "\(plan.tasks) task\(plan.tasks == 1 ? "" : "s")\(plan.isAtLeast ? " or more" : "")"
        console.note("counting by Spark at \(plan.master), in \(tasks)")
        let lastWords = try await submit(program, arguments)
        guard let bytes = folder.read("result.json"), let outcome = SparkOutcome(bytes) else {
            throw Refusal(
                .defect, "Spark ended without a result; its last words:\n" + lastWords.joined(separator: "\n"))
        }
        return (outcome, .now - start)
    }

    private func prepare(_ folder: JobFolder) throws(Refusal) {
        guard let binary = plan.binary ?? OwnFolder.program, folder.isProgram(binary) else {
            throw Refusal(.noInput, "there is no program \(plan.binary ?? "")")
        }
        if plan.binary == nil, !plan.master.hasPrefix("local"), Self.needsSwift {
            console.warning(
                "this program needs Swift's libraries on every machine; build it with --static-swift-stdlib, or name one that is "
                    + "so built by --binary")
        }
        try folder.copy(binary.hasPrefix("/") ? binary : OwnFolder.path + "/" + binary, as: "lettercount")
        try folder.write(PackageResources.spark_driver_py, to: "driver.py")
        try folder.write(PackageResources.spark_log4j2_properties, to: "log4j2.properties")
        if case .documents(let names) = plan.input {
            try folder.write(Array(names.map { $0 + SparkPlan.separator }.joined().utf8), to: "list")
        }
        let job = plan.job(list: folder.path("list"), result: folder.path("result.json"))
        try folder.write(Array(job.text.utf8), to: "job.json")
    }

    /// Runs `spark-submit` to its end.
    ///
    /// - Returns: The last of what it said.
    private func submit(_ program: String?, _ arguments: [String]) async throws -> [String] {
        var options = PlatformOptions()
        // It ends its job, and the workers with it.
        options.teardownSequence = [.send(signal: .terminate, allowedDurationToNextStep: .seconds(20))]
        do {
            let run = try await Subprocess.run(
                program.map { .path(.init($0)) } ?? .name("spark-submit"), arguments: Arguments(arguments),
                platformOptions: options, input: .none, output: .sequence, error: .combinedWithOutput
            ) { execution in
                var lastWords: [String] = []
                for try await line in execution.standardOutput.strings() {
                    // What only Spark knows, as that it waits for machines.
                    if line.hasPrefix("spark: ") { console.note(line) } else { console.detail(line) }
                    lastWords = lastWords.suffix(20) + [line]
                }
                return lastWords
            }
            return run.takeClosureResult()
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw Refusal(.noInput, "there is no spark-submit on the PATH; say where Spark is by --spark-home")
        }
    }

    /// Whether this program is linked with Swift's own libraries, which not every machine has.
    private static var needsSwift: Bool {
        guard var lines = try? TextLines(of: .file("/proc/self/maps")) else { return false }
        while let line = try? lines.next() {
            if line.text.hasSuffix("/libswiftCore.so") { return true }
        }
        return false
    }
}

extension SparkPlan {
    /// Whether Spark decides itself how many tasks it makes.
    fileprivate var isAtLeast: Bool {
        if case .documents = input { false } else { true }
    }
}
