// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Reads documents piece by piece, and never holds one whole.
///
/// One reader can be used by many workers at a time, each of which reads one document; the workers bound the
/// concurrency. Web documents are received by event loops, which start with the first of them, one for each processor at
/// most, and must be ended with ``shutDown()``. Files and standard input are read by blocking system calls on the calling
/// thread: use a reader from threads or processes made for work, not from the cooperative pool.
///
/// Web documents are asked for with GET over HTTP/1.1, compressed if the server likes (gzip, deflate), through at most
/// five redirects, and again after passing failures: statuses 408, 425, 429 and 5xx, connections that are refused, not
/// made in time or broken, and bodies that are cut short. The pauses grow, are random, and are as long as a
/// `Retry-After` header asks for, up to a minute.
public final class DocumentReader: Sendable {
    /// Names the tool to servers.
    public static let defaultUserAgent = "lettercount/0.1"

    /// What this reader was made with.
    public let limits: ReadLimits

    private let client: WebClient
    private let web: WebReading

    /// Starts nothing yet.
    ///
    /// - Parameters:
    ///   - limits: Applied to each document by itself.
    ///   - userAgent: The `User-Agent` header, for example `lettercount/1.0 (+https://example.com)`.
    public convenience init(limits: ReadLimits = ReadLimits(), userAgent: String = DocumentReader.defaultUserAgent) {
        self.init(
            limits: limits, userAgent: userAgent, policy: RetryPolicy(retries: limits.retries),
            sleep: { try await Task.sleep(for: $0) })
    }

    init(
        limits: ReadLimits, userAgent: String = DocumentReader.defaultUserAgent, policy: RetryPolicy,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.limits = limits
        client = WebClient(limits: limits)
        web = WebReading(client: client, limits: limits, userAgent: userAgent, policy: policy, sleep: sleep)
    }

    /// Reads one document to its end and hands each piece to `update`.
    ///
    /// Each attempt begins with a fresh `initial()`, and only the state of one that reached the end is returned:
    /// nothing half-read is ever delivered. The pieces have no meaning, are of any length, and are valid only within
    /// `update`, which is called by one thread at a time: of a web document by an event loop's, which has other documents to
    /// receive and is not to be held up by waiting. A file that changes meanwhile counts with what was there
    /// until its end.
    ///
    /// - Returns: The state behind the last piece, and the document's size in bytes after decompression.
    /// - Throws: ``DocumentFailure`` when the document cannot be read completely and within the limits, or the task is
    ///   cancelled.
    public func read<State: Sendable>(
        _ document: Document, into initial: @escaping @Sendable () -> State,
        update: @escaping @Sendable (inout State, RawSpan) -> Void
    ) async throws(DocumentFailure) -> (state: State, byteCount: UInt64) {
        do throws(DocumentFailure.Reason) {
            switch document {
            case .file(let path):
                let regular = try LocalReading.openRegularFile(path)
                return try LocalReading.read(
                    regular.file, maximumBytes: limits.maximumBytes, into: initial, update: update)
            case .standardInput:
                return try LocalReading.read(
                    .standardInput, maximumBytes: limits.maximumBytes, into: initial, update: update)
            case .web:
                break
            }
        } catch {
            throw DocumentFailure(document: document.description, reason: error)
        }
        return try await web.read(document.description, into: initial, update: update)
    }

    /// Where a task reads web documents with the least effort: on the thread of an event loop, where it must not wait for
    /// anything by blocking. `nil` when the reader has been shut down.
    ///
    /// Tasks elsewhere read them as well; to wake them takes time. Files and standard input are not to be read here.
    ///
    /// - Parameter number: Which one it is of those that read at the same time, from 0: many have more than one event loop.
    ///   `nil` for the event loop that has the least to do.
    public func webExecutor(forReader number: Int?) -> (any TaskExecutor)? {
        (number.map { client.lane(ofReader: $0) } ?? client.lane())?.executor
    }

    /// Ends the event loop and its connections; what is still being read fails.
    ///
    /// A reader that has read web documents must be shut down before it is released. Afterwards it still reads files.
    public func shutDown() async {
        await client.shutDown()
    }
}
