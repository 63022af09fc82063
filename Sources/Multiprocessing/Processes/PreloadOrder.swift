// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What a client tells its fork server to run before it forks: two messages, the mark and the names.
enum PreloadOrder {
    static func send(_ names: [String], over number: Int32) throws(SystemError) {
        try DescriptorMessage.send(ForkOrder(.preload), over: number)
        try DescriptorMessage.send(bytes: SettingsFrame.texts(names), over: number)
    }

    /// Runs what the next message names and answers it; whether the server may go on.
    static func obey(over number: Int32) throws(SystemError) -> Bool {
        guard let bytes = try DescriptorMessage.receiveBytes(over: number) else { return false }
        var reader = SettingsReader(rest: bytes[...])
        // The client says nothing more until it has the answer.
        let error = OwnSurroundings.endingWithPeer(of: number) { ReceivedPreload.runInServer(reader.texts() ?? []) }
        CurrentProcess.flushStreams()
        try DescriptorMessage.send(bytes: PreloadAnswer.bytes(error), over: number)
        return error == nil
    }
}

/// What the server answers: one byte, and behind it the error if there is one.
enum PreloadAnswer {
    case done
    case failed(WorkError)

    static func bytes(_ error: WorkError?) -> [UInt8] {
        guard let error else { return [0] }
        var bytes: [UInt8] = [1]
        // One without a value that fits into a message still has its type and text.
        if (try? MessageEncoder.encode(error, into: &bytes)) != nil, bytes.count <= DescriptorMessage.room {
            return bytes
        }
        bytes = [1]
        let short = WorkError(PreloadError.tooLong("\(error)"))
        try? MessageEncoder.encode(short, into: &bytes)
        return bytes
    }

    /// nil when the server has ended.
    static func receive(over number: Int32) -> PreloadAnswer? {
        guard let bytes = try? DescriptorMessage.receiveBytes(over: number), let first = bytes.first else { return nil }
        guard first != 0 else { return .done }
        let error = try? MessageDecoder.decode(WorkError.self, from: bytes.dropFirst())
        return .failed(error ?? WorkError(PreloadError.tooLong("an error that could not be decoded")))
    }
}
