// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What the worker of a fork server is told first, since it was there before anybody knew what it would be for: its
/// standard streams as far as they are not the server's, whether it records where it crashes, and whose worker it is. A
/// byte, the parent's number (4), and the descriptors.
enum StreamsFrame {
    private struct Marks: OptionSet {
        let rawValue: UInt8
        static let output = Marks(rawValue: 1)
        static let error = Marks(rawValue: 2)
        static let recordsCrashes = Marks(rawValue: 4)
    }

    static func message(_ streams: borrowing WorkerStreams, recordsCrashes: Bool) -> MessageBody {
        var marks: Marks = recordsCrashes ? .recordsCrashes : []
        var frame = Frame.begin(.streams)
        if let output = streams.workerOutput {
            marks.insert(.output)
            frame.handles.append(output)
        }
        if let error = streams.workerError {
            marks.insert(.error)
            frame.handles.append(error)
        }
        frame.bytes.append(marks.rawValue)
        let parent = UInt32(bitPattern: CurrentProcess.identifier)
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            frame.bytes.append(UInt8(truncatingIfNeeded: parent >> shift))
        }
        Frame.finish(&frame)
        return frame
    }

    /// Does in the worker what the frame says; false when it cannot.
    static func apply(_ payload: ReceivedBody) -> Bool {
        guard payload.bytes.count == 5 else { return false }
        let marks = Marks(rawValue: payload.bytes[payload.bytes.startIndex])
        WorkerParent.remember(Int32(bitPattern: LittleEndian.word(payload.bytes, payload.bytes.startIndex + 1)))
        var handles = payload.descriptors.handles[...]
        let output = marks.contains(.output) ? handles.popFirst() : nil
        let error = marks.contains(.error) ? handles.popFirst() : nil
        guard (output != nil) == marks.contains(.output), (error != nil) == marks.contains(.error) else { return false }
        OwnSurroundings.setStreams(ChildStreams(output: output?.number, error: error?.number))
        if marks.contains(.recordsCrashes) { CrashRecorder.begin() }
        return true
    }
}
