// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import SystemPackage

/// Where this process is, and what it is.
enum OwnFolder {
    /// The working directory.
    static var path: String { FileManager.default.currentDirectoryPath }

    /// This program's file.
    static var program: String? { try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") }
}

/// A folder for a job's own files, that is gone with the job.
struct JobFolder: Sendable {
    let path: String

    /// Below `TMPDIR`, or `/tmp`; nobody else can look into it.
    init() throws(Refusal) {
        let folder = FileManager.default.temporaryDirectory.path
        path = "\(folder)/lettercount-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Refusal(.outputFailed, "cannot make the folder \(path): \(Self.reason(error))")
        }
    }

    /// A folder that stays, at this path; it must not be there.
    init(at path: String) throws(Refusal) {
        self.path = path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        } catch {
            let isThere = FileManager.default.fileExists(atPath: path)
            throw Refusal(
                .outputFailed, "cannot make the folder \(path): \(isThere ? "it is there already" : Self.reason(error))"
            )
        }
    }

    func path(_ name: String) -> String { "\(path)/\(name)" }

    func write(_ bytes: [UInt8], to name: String) throws(Refusal) {
        do { try Data(bytes).write(to: URL(fileURLWithPath: path(name))) } catch {
            throw Refusal(.outputFailed, "cannot write \(path(name)): \(Self.reason(error))")
        }
    }

    /// Copies a file of anywhere. (Of a link Spark ships what it leads to, under that name.)
    func copy(_ file: String, as name: String) throws(Refusal) {
        do { try FileManager.default.copyItem(atPath: file, toPath: path(name)) } catch {
            throw Refusal(.outputFailed, "cannot copy \(file) to \(path(name)): \(Self.reason(error))")
        }
    }

    /// The bytes of a file in here; nil if there is none.
    func read(_ name: String) -> [UInt8]? { FileManager.default.contents(atPath: path(name)).map { Array($0) } }

    func isProgram(_ file: String) -> Bool { FileManager.default.isExecutableFile(atPath: file) }

    /// What the system said; Foundation's own description is a page.
    private static func reason(_ error: any Error) -> String {
        // The number by way of its protocol: the type is the C library's, which only one room of the package speaks to.
        func text(_ code: some RawRepresentable<Int32>) -> String { "\(Errno(rawValue: code.rawValue))" }
        let cause = (error as? CocoaError)?.underlying ?? error
        return (cause as? POSIXError).map { text($0.code) } ?? "\(error)"
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
