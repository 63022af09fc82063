// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CorpusServer
import Multiprocessing

/// `lettercount serve`: a server of documents on this machine.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve documents on this machine, to try lettercount without a network.",
        discussion: """
            Listens on 127.0.0.1 only and writes its URL to standard output as soon as it does. / lists the names, \
            /NAME is a document. Twenty documents are generated if no folder is named: rfc1000.txt to rfc1019.txt, \
            always the same. Ctrl-C ends it.

            EXAMPLES
              lettercount serve --port 8080 --delay 50
              lettercount rfc:1000-1019 --rfc-base http://127.0.0.1:8080
              lettercount serve texts/ --fail 30           every answer in three or so fails
            """)

    @Argument(help: "The folder to serve; generated documents if not given.")
    var folder: String?

    @Option(name: .shortAndLong, help: "The port, 0 for any free one.")
    var port: Int = 0

    @Option(help: ArgumentHelp("Hold every answer back for so long.", valueName: "milliseconds"))
    var delay: Int = 0

    @Option(help: ArgumentHelp("Answer so many requests of a hundred with 503.", valueName: "percent"))
    var fail: Int = 0

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port is 0 to 65535, not \(port).") }
        guard (0...3_600_000).contains(delay) else {
            throw ValidationError("--delay is 0 to 3600000 milliseconds, not \(delay).")
        }
        guard (0...100).contains(fail) else { throw ValidationError("--fail is 0 to 100 percent, not \(fail).") }
    }

    /// Serves until a signal ends the process: by its default action, because there is nothing to finish.
    func run() throws {
        let content: CorpusServer.Content = folder.map { .folder($0) } ?? .generated(GeneratedCorpus())
        let server = CorpusServer(content, port: port, delay: .milliseconds(delay), failurePercent: fail)
        let isGenerated = folder == nil
        Task {
            do throws(CorpusServerError) {
                try await server.run { address in Self.announce(address.baseURL, isGenerated: isGenerated) }
            } catch {
                StandardStream.error.write("lettercount: \(error)\n")
                Self.ending(for: error).leave()
            }
        }
        ProgramEnd.never()
    }

    private static func announce(_ baseURL: String, isGenerated: Bool) {
        ResultDestination.write(baseURL + "/\n", to: .output)
        let hint =
            isGenerated
            ? "lettercount rfc:1000-1019 --rfc-base \(baseURL)" : "lettercount \(baseURL)/NAME (/ lists the names)"
        StandardStream.error.write("lettercount: serving; try  \(hint)\n")
    }

    private static func ending(for error: CorpusServerError) -> Ending {
        switch error {
        case .noSuchFolder, .unreadableFolder: .noInput
        default: .defect
        }
    }
}
