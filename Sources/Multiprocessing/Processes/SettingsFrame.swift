// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Settings on their way to a worker: the payload of a `.settings` frame, which comes before the first work.
///
/// A list of records: mark (1 byte), number of texts (4), then each text as its length (4) and its bytes. By hand and not
/// by `Codable`, whose first use in a process takes longer than all the rest of its beginning.
struct SettingsFrame {
    /// In the order in which they are applied: limits after what needs memory and files, preloading last.
    enum Mark: UInt8 {
        case name = 1
        case environment, changes, workingDirectory, arguments, niceness, limit, preload
    }

    private var frame = Frame.begin(.settings)

    /// The frame for a worker, which is empty if nothing is to be said.
    ///
    /// - Parameters:
    ///   - isStartedAnew: Whether the program begins with its arguments already.
    ///   - preload: What the worker itself is to run.
    static func message(
        _ settings: WorkerSettings, isStartedAnew: Bool, preload: [String]
    ) -> MessageBody {
        var new = SettingsFrame()
        if let name = settings.name { new.add(.name, [name, ProcessStart.title(name)]) }
        switch settings.environment {
        case .inherited: break
        case .exactly(let all): new.add(.environment, all.map { "\($0.key)=\($0.value)" })
        case .changed(let changes):
            if !changes.isEmpty { new.add(.changes, changes.map { $0.key + ($0.value.map { "=" + $0 } ?? "") }) }
        }
        if let path = settings.workingDirectory { new.add(.workingDirectory, [path]) }
        if let arguments = settings.arguments, !isStartedAnew { new.add(.arguments, arguments) }
        if let niceness = settings.niceness { new.add(.niceness, ["\(niceness)"]) }
        for limit in settings.limits { new.add(.limit, [limit.resource.rawValue, "\(limit.soft)", "\(limit.hard)"]) }
        if !preload.isEmpty { new.add(.preload, preload) }
        guard new.frame.bytes.count > Frame.headSize else { return MessageBody() }
        Frame.finish(&new.frame)
        return new.frame
    }

    private mutating func add(_ mark: Mark, _ texts: [String]) {
        frame.bytes.append(mark.rawValue)
        frame.bytes += Self.texts(texts)
    }

    /// Texts as bytes.
    static func texts(_ texts: [String]) -> [UInt8] {
        var bytes = number(texts.count)
        for text in texts { bytes += number(text.utf8.count) + Array(text.utf8) }
        return bytes
    }

    private static func number(_ number: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}

/// Reads what `SettingsFrame` wrote.
struct SettingsReader {
    var rest: ArraySlice<UInt8>

    /// The next record; nil at the end, or where the bytes are none of ours.
    mutating func next() -> (mark: SettingsFrame.Mark, texts: [String])? {
        guard let byte = rest.popFirst(), let mark = SettingsFrame.Mark(rawValue: byte), let texts = texts() else {
            return nil
        }
        return (mark, texts)
    }

    mutating func texts() -> [String]? {
        guard let count = number() else { return nil }
        var texts: [String] = []
        for _ in 0..<count {
            guard let length = number(), length <= rest.count else { return nil }
            texts.append(String(decoding: rest.prefix(length), as: UTF8.self))
            rest = rest.dropFirst(length)
        }
        return texts
    }

    private mutating func number() -> Int? {
        guard rest.count >= 4 else { return nil }
        let number = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        rest = rest.dropFirst(4)
        return number
    }
}
