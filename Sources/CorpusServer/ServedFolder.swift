// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import _NIOFileSystem

/// The regular files below one folder, and nothing else of the file system.
struct ServedFolder: Sendable {
    struct File: Sendable {
        var path: FilePath
        var byteCount: Int64
    }

    /// Absolute and free of links.
    private let root: FilePath
    private let fileSystem: FileSystem

    /// More links than this in one path are taken for a circle, as the kernel does.
    private static let maximumLinks = 40

    init(_ folder: String, fileSystem: FileSystem) async throws(CorpusServerError) {
        self.fileSystem = fileSystem
        do {
            let path = FilePath(folder)
            let start = path.isAbsolute ? "/" : try await fileSystem.currentWorkingDirectory
            guard let root = try await Self.resolve(path.components, from: start, in: fileSystem) else {
                throw CorpusServerError.noSuchFolder(folder)
            }
            // A folder that cannot be opened for reading would answer 404 to everything.
            try await fileSystem.withDirectoryHandle(atPath: root) { _ in }
            self.root = root
        } catch let error as CorpusServerError {
            throw error
        } catch {
            throw .unreadableFolder(folder, reason: "\(error)")
        }
    }

    /// The file that these names lead to, if it is a regular one below the folder that can be opened.
    ///
    /// A link is followed as long as its end is below the folder. That is decided here and not by opening first, because
    /// opening a named pipe would wait for its writer. Somebody who may write into the folder could exchange a
    /// directory for a link in between; this server is for one's own machine and takes that risk.
    func file(at names: [String]) async -> File? {
        do {
            let components = FilePath.ComponentView(names.compactMap { FilePath.Component($0) })
            guard let path = try await Self.resolve(components, from: root, in: fileSystem), path.starts(with: root),
                try await fileSystem.info(forFileAt: path, infoAboutSymbolicLink: true)?.type == .regular
            else { return nil }
            // Opened now, because after the head of the answer it is too late to say that it cannot be.
            let size = try await fileSystem.withFileHandle(forReadingAt: path, options: Self.options) { handle in
                try await handle.info().size
            }
            return File(path: path, byteCount: size)
        } catch {
            return nil
        }
    }

    /// Hands over the file's bytes from first to last, as many as it had when it was found.
    ///
    /// Throws where the file has become shorter since or can no longer be read.
    func read(_ file: File, _ body: (ByteBuffer) async throws -> Void) async throws {
        try await fileSystem.withFileHandle(forReadingAt: file.path, options: Self.options) { handle in
            var missing = file.byteCount
            for try await chunk in handle.readChunks(in: 0..<file.byteCount) {
                missing -= Int64(chunk.readableBytes)
                try await body(chunk)
            }
            if missing > 0 { throw CorpusServerError.unreadableFile(file.path.string, reason: "it has become shorter") }
        }
    }

    /// The paths of all regular files below the folder, sorted; those that are reached through links are left out.
    func list() async throws -> [String] {
        try await fileSystem.withDirectoryHandle(atPath: root) { directory in
            var names: [String] = []
            for try await entry in directory.listContents(recursive: true) where entry.type == .regular {
                var path = entry.path
                if path.removePrefix(root) { names.append(path.string) }
            }
            return names.sorted()
        }
    }

    private static let options = OpenOptions.Read(followSymbolicLinks: false)

    /// Where the components lead from a folder that is itself free of links, or `nil` if nothing is there.
    private static func resolve(
        _ components: FilePath.ComponentView, from start: FilePath, in fileSystem: FileSystem
    ) async throws -> FilePath? {
        var ahead = Array(components.reversed())
        var resolved = start
        var links = 0
        while let next = ahead.popLast() {
            if next.kind == .currentDirectory { continue }
            if next.kind == .parentDirectory {
                resolved.removeLastComponent()
                continue
            }
            let candidate = resolved.appending(next)
            guard let info = try await fileSystem.info(forFileAt: candidate, infoAboutSymbolicLink: true) else {
                return nil
            }
            guard info.type == .symlink else {
                resolved = candidate
                continue
            }
            links += 1
            if links > maximumLinks { return nil }
            let destination = try await fileSystem.destinationOfSymbolicLink(at: candidate)
            if destination.isAbsolute { resolved = "/" }
            ahead += destination.components.reversed()
        }
        return resolved
    }
}
