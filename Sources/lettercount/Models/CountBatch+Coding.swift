// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import LetterCounting

extension CountBatch: Codable {
    /// All that there may be; with handles, which only a general coder can carry.
    private struct Whole: Codable {
        var items: SourceBatch
        var task: CountTask
        var wholeUpTo: UInt64
        var window: Int
        var table: TableHandle?
        var board: WorkerBoard?
        var place: Int?
    }

    func encode(to encoder: any Encoder) throws {
        if let compact = compactBytes() {
            var value = encoder.singleValueContainer()
            try value.encode(compact)
        } else {
            try Whole(
                items: items, task: task, wholeUpTo: wholeUpTo, window: window, table: table, board: board,
                place: place
            ).encode(to: encoder)
        }
    }

    init(from decoder: any Decoder) throws {
        if let bytes = try? decoder.singleValueContainer().decode([UInt8].self) {
            self = try CountBatch(compactBytes: bytes)
        } else {
            let whole = try Whole(from: decoder)
            self.init(
                items: whole.items, task: whole.task, wholeUpTo: whole.wholeUpTo, window: whole.window,
                table: whole.table, board: whole.board, place: whole.place)
        }
    }

    /// Of files that are only added up, of which there are the most.
    private func compactBytes() -> [UInt8]? {
        guard let files = items.files, let first = items.firstIndex, table == nil, board == nil, place == nil
        else { return nil }
        var bytes = CompactBytes()
        task.put(into: &bytes)
        bytes.put(wholeUpTo)
        bytes.put(first)
        bytes.put(files.count)
        for group in files {
            bytes.put(group.folder.utf8)
            bytes.put(group.count)
            bytes.put(group.names)
        }
        return bytes.bytes
    }

    private init(compactBytes: [UInt8]) throws {
        var bytes = CompactBytes(reading: compactBytes)
        let task = try CountTask(from: &bytes)
        let (wholeUpTo, first) = (try bytes.take(UInt64.self), try bytes.take(Int.self))
        let files = try (0..<bytes.take(Int.self)).map { _ in
            let (folder, count) = (try bytes.takeText(), try bytes.take(Int.self))
            return FolderFiles(folder: folder, names: try bytes.takeBytes(), count: count)
        }
        self.init(items: SourceBatch(files, first: first), task: task, wholeUpTo: wholeUpTo)
    }
}

extension CountTask {
    fileprivate func put(into bytes: inout CompactBytes) {
        bytes.put(text == .pythonRepr)
        bytes.put(grain)
        bytes.put(limits.timeout)
        bytes.put(limits.connectTimeout)
        bytes.put(limits.retries)
        bytes.put(limits.maximumBytes ?? .max)
        bytes.put((kernelName ?? "").utf8)
        bytes.put(isChecked)
    }

    fileprivate init(from bytes: inout CompactBytes) throws {
        text = try bytes.take(Bool.self) ? .pythonRepr : .letters
        grain = try bytes.take()
        limits = ReadLimits(timeout: try bytes.take(), connectTimeout: try bytes.take(), retries: try bytes.take())
        let most = try bytes.take(UInt64.self)
        limits.maximumBytes = most == .max ? nil : most
        let name = try bytes.takeText()
        kernelName = name.isEmpty ? nil : name
        isChecked = try bytes.take()
    }
}
