// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Why what the user wrote cannot be turned into documents.
///
/// The two cases are two exit codes of a tool: a malformed source is a mistake of usage, an input that is not there is
/// not. What is only found while reading is a ``DocumentFailure``.
public enum SourceError: Error, Sendable, Hashable, CustomStringConvertible {
    /// `source`, as it was written, is neither a source nor a pattern; `problem` says why, and what to write instead.
    case malformed(source: String, problem: String)

    /// `source` names a file, a folder or a list that is not there, or a list that cannot be read.
    case noSuchInput(source: String, problem: String)

    public var description: String {
        switch self {
        case .malformed(let source, let problem): "cannot understand '\(source)': \(problem)"
        case .noSuchInput(let source, let problem): "cannot find '\(source)': \(problem)"
        }
    }

    /// The same error; if it is about this source, with the name that was typed for it.
    func of(_ source: String, named name: String) -> SourceError {
        switch self {
        case .malformed(source, let problem): .malformed(source: name, problem: problem)
        case .noSuchInput(source, let problem): .noSuchInput(source: name, problem: problem)
        default: self
        }
    }

    /// The same error, with the line of a list that it was found in.
    func found(in list: String, line: Int) -> SourceError {
        switch self {
        case .malformed(let source, let problem):
            .malformed(source: source, problem: "\(problem) (\(list), line \(line))")
        case .noSuchInput(let source, let problem):
            .noSuchInput(source: source, problem: "\(problem) (\(list), line \(line))")
        }
    }
}
