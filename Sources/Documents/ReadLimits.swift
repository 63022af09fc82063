// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// How long, how often and how much a ``DocumentReader`` may read of one document.
public struct ReadLimits: Codable, Sendable, Hashable {
    /// The size at which a web document is cut when ``maximumBytes`` is `nil`: 1 GiB.
    ///
    /// A file ends by itself; a server may send for ever, so it always has a limit.
    public static let defaultWebMaximumBytes: UInt64 = 1 << 30

    /// Seconds for a web document's whole answer, from the request to the last byte, redirects included.
    ///
    /// Each attempt has its own; an attempt that runs out of it is not repeated. Files and standard input have no such
    /// limit.
    public var timeout: Double

    /// Seconds for one connection to a web server to be made, encryption included.
    public var connectTimeout: Double

    /// How often a web document is tried again after a passing failure; 0 tries once. Files are never tried again.
    public var retries: Int

    /// The size a document of any kind may have, in bytes after decompression.
    ///
    /// `nil`: no limit for files and standard input, ``defaultWebMaximumBytes`` for web documents.
    public var maximumBytes: UInt64?

    public init(
        timeout: Double = 60, connectTimeout: Double = 10, retries: Int = 3, maximumBytes: UInt64? = nil
    ) {
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.retries = retries
        self.maximumBytes = maximumBytes
    }

    var webMaximumBytes: UInt64 { maximumBytes ?? Self.defaultWebMaximumBytes }
}
