// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// An error that a piece of work threw, as it was: its type, its text and where it came from.
///
/// It is never the original object, also not where work runs in a thread, so that a program behaves alike under every
/// kind of worker. An error that is `Codable` and holds no handle travels as a value, too: `decoded(as:)` gives it
/// back.
public struct WorkError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The error's type, fully qualified: `MyProgram.DownloadError`.
    public let typeName: String

    /// The error in words: its `description`.
    public let text: String

    /// Where it was thrown.
    public let origin: Origin

    private let encoded: [UInt8]?

    /// Where an error was thrown.
    public struct Origin: Sendable, Hashable, Codable {
        /// The process that ran the work; the caller's own for threads and inline pools.
        public let processIdentifier: Int32
    }

    @usableFromInline package init(_ error: any Error) {
        typeName = _typeName(type(of: error))
        text = String(describing: error)
        origin = Origin(processIdentifier: CurrentProcess.identifier)
        var bytes: [UInt8] = []
        let codable = error as? any Error & Codable
        // An error that cannot be encoded still arrives as its type and text.
        encoded = codable.flatMap { (try? MessageEncoder.encode($0, into: &bytes)) == nil ? nil : bytes }
    }

    /// The error as the value that was thrown, if it was of this type and travelled as a value; nil otherwise.
    public func decoded<Failure: Error & Codable>(as type: Failure.Type) -> Failure? {
        guard typeName == _typeName(type), let encoded else { return nil }
        return try? MessageDecoder.decode(type, from: encoded[...])
    }

    public var description: String { "\(typeName): \(text)" }
}

extension WorkError: Codable {}

/// Why a worker has no output to send, and at which point it happened.
struct RemoteFailure: Codable, Sendable {
    enum Stage: String, Codable, Sendable {
        case encodingWork, decodingWork, running, encodingOutput, decodingOutput
        /// The worker could not be given its settings, and does no work.
        case preparing
    }

    let stage: Stage
    let error: WorkError

    init(_ error: any Error, at stage: Stage) {
        self.stage = stage
        self.error = WorkError(error)
    }

    func frame() -> MessageBody {
        var frame = Frame.begin(.failure)
        do {
            try MessageEncoder.encode(self, into: &frame.bytes)
        } catch {
            preconditionFailure("a failure made of strings could not be encoded: \(error)")
        }
        Frame.finish(&frame)
        return frame
    }
}
