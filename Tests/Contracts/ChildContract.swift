// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

public import Multiprocessing

/// One behaviour of a child process under every start method, written once: each is checked over children of each method,
/// for `.fork` from a probe that has one thread.
public struct ChildContract: Sendable, CustomStringConvertible {
    /// The behaviour as a sentence.
    public let description: String
    /// The tests of the peers whose behaviour it covers, as FILE.CLASS.METHOD: lines of the conformance ledger.
    public let origins: [String]
    private let body: @Sendable (StartMethod) throws -> Void

    init(_ sentence: String, origins: [String] = [], _ body: @escaping @Sendable (StartMethod) throws -> Void) {
        description = sentence
        self.origins = origins
        self.body = body
    }

    /// Checks it over children of one method. Holds the calling thread.
    public func check(_ method: StartMethod) throws { try body(method) }

    public static let all = withSettings + limited + lives + families

    public static func named(_ sentence: String) -> ChildContract? { all.first { $0.description == sentence } }
}
