// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// One document to read: where its text comes from, not the text itself.
///
/// A document is a small value that can travel to a worker, which reads it with ``DocumentReader``. Making one checks
/// nothing: what is missing or malformed is found by ``SourceList``, or by the reader.
public enum Document: Codable, Sendable, Hashable, CustomStringConvertible {
    /// The body that a GET of this `http` or `https` URL answers with.
    case web(String)

    /// The content of the regular file at this path, relative paths being relative to the working directory.
    case file(String)

    /// What this process's standard input holds until its end; it can be read once, and only in the process that has
    /// it.
    case standardInput

    /// What the user recognises: the URL, the path as given, or `-`.
    public var description: String {
        switch self {
        case .web(let url): url
        case .file(let path): path
        case .standardInput: "-"
        }
    }

    /// Whether reading it needs the network.
    public var isWeb: Bool {
        if case .web = self { true } else { false }
    }
}
