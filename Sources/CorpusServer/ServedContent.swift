// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import HummingbirdCore
import NIOCore
import _NIOFileSystem

/// What the server has to say about each path.
enum ServedContent: Sendable {
    case folder(ServedFolder)
    case documents([String: ByteBuffer], names: [String])

    init(_ content: CorpusServer.Content, fileSystem: FileSystem) async throws(CorpusServerError) {
        switch content {
        case .folder(let path):
            self = .folder(try await ServedFolder(path, fileSystem: fileSystem))
        case .generated(let corpus):
            self = Self.held(corpus.names.map { ($0, corpus.document(named: $0) ?? []) })
        case .documents(let documents):
            self = Self.held(documents)
        }
    }

    private static func held(_ documents: [(name: String, bytes: [UInt8])]) -> ServedContent {
        let buffers = documents.map { ($0.name, ByteBuffer(bytes: $0.bytes)) }
        return .documents(Dictionary(buffers) { first, _ in first }, names: documents.map(\.name))
    }

    /// What is at this path, or `nil` if there is nothing or it is not to be had from here.
    func body(at path: String) async -> ResponseBody? {
        if path == "/" { return await index() }
        guard let names = RequestPath.names(in: path) else { return nil }
        switch self {
        case .folder(let folder):
            return await folder.file(at: names).map { body(of: $0, in: folder) }
        case .documents(let documents, _):
            return names.count == 1 ? documents[names[0]].map { ResponseBody(byteBuffer: $0) } : nil
        }
    }

    private func index() async -> ResponseBody? {
        let names: [String]
        switch self {
        case .folder(let folder):
            guard let list = try? await folder.list() else { return nil }
            names = list
        case .documents(_, let all):
            names = all
        }
        var text = ByteBuffer()
        for name in names { text.writeString(name + "\n") }
        return ResponseBody(byteBuffer: text)
    }

    private func body(of file: ServedFolder.File, in folder: ServedFolder) -> ResponseBody {
        ResponseBody(contentLength: Int(file.byteCount)) { writer in
            try await folder.read(file) { chunk in try await writer.write(chunk) }
            try await writer.finish(nil)
        }
    }
}
