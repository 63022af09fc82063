// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The documents that the user asked for, in the order in which they were written.
///
/// One argument is one of:
///
/// | written | documents |
/// |---|---|
/// | `http://…`, `https://…` | that URL |
/// | `rfc:1000-1019`, `rfc:791,1000-1003` | these RFCs, as text, from ``SourceOptions/rfcBase`` |
/// | a file | that file, whatever the patterns say |
/// | a folder | the files in it and in the folders below it, see ``DocumentSequence`` |
/// | `@list.txt`, `@-` | the sources that the file, or standard input, lists, one a line; blank lines and lines that begin with `#` are skipped |
/// | `-` | standard input, at most once |
///
/// A file whose name looks like something else can be written with `./` before it. A document that is written twice is
/// read twice.
///
/// Parsing asks the file system whether files, folders and lists exist; it lists no folder and opens no connection.
public struct SourceList: Sendable {
    let sources: [Source]
    let filter: FileFilter

    /// Understands the arguments.
    ///
    /// - Throws: ``SourceError/malformed(source:problem:)`` for what cannot be a source or a pattern,
    ///   ``SourceError/noSuchInput(source:problem:)`` for a file, folder or list that is not there.
    public init(parsing arguments: [String], options: SourceOptions = SourceOptions()) throws(SourceError) {
        var parser = SourceParser(options)
        for argument in arguments {
            try parser.add(argument)
        }
        sources = parser.sources
        filter = try FileFilter(including: options.includes, excluding: options.excludes)
    }

    /// The documents, made one by one while they are asked for.
    public var documents: DocumentSequence { DocumentSequence(list: self) }

    /// How many documents there are; `nil` when that cannot be known without listing folders.
    public var knownCount: Int? {
        var count = 0
        for source in sources {
            switch source {
            case .document: count += 1
            case .rfcs(_, let numbers): count += numbers.count
            case .folder: return nil
            }
        }
        return count
    }

    /// Whether reading any of the documents needs the network.
    public var hasWebDocuments: Bool { sources.contains(where: \.isWeb) }

    /// Whether reading each of the documents needs the network; false for an empty list.
    public var hasOnlyWebDocuments: Bool { !sources.isEmpty && sources.allSatisfy(\.isWeb) }

    /// Whether any of the files that are written by their own names, those of folders not among them, is larger now.
    public func hasFile(largerThan byteCount: UInt64) -> Bool {
        sources.contains { source in
            guard case .document(.file(let path)) = source else { return false }
            // What cannot be looked at fails when it is read.
            return (try? FileSystem.byteCount(of: path)) ?? 0 > byteCount
        }
    }

    /// Whether standard input is one of the documents, which only the process that has it can read.
    public var hasStandardInput: Bool { sources.contains(.document(.standardInput)) }
}

/// How ``SourceList`` understands what the user wrote.
public struct SourceOptions: Sendable, Hashable {
    /// The RFC editor's own site, plain text.
    public static let defaultRFCBase = "https://www.rfc-editor.org/rfc"

    /// The URL below which `rfcN.txt` lies for each RFC number `N`, with or without a slash at its end.
    public var rfcBase: String

    /// Patterns of which a file in a folder must match one, unless there are none. See ``SourceOptions/excludes``.
    public var includes: [String]

    /// Patterns none of which a file in a folder may match; a folder that matches one is not entered.
    ///
    /// `*` is any characters but `/`, `?` one of them, `[a-z]` and `[!a-z]` one of a set, `**` any characters and any
    /// number of folders, and `\` takes the next character as it is. A pattern with a `/` in it is matched against the
    /// path below the folder that was given, others against the last name alone. Case counts, and names that begin with
    /// a dot are like others.
    public var excludes: [String]

    /// What ends a line of a list. With ``TextLines/Separator/zeroByte`` a line is a source as it stands, blanks and `#` and all.
    public var listSeparator: TextLines.Separator

    /// Whether a path at which there is nothing is a document, which fails when it is read, instead of an error.
    public var acceptsMissing: Bool

    public init(
        rfcBase: String = SourceOptions.defaultRFCBase, includes: [String] = [], excludes: [String] = [],
        listSeparator: TextLines.Separator = .newline, acceptsMissing: Bool = false
    ) {
        self.rfcBase = rfcBase
        self.includes = includes
        self.excludes = excludes
        self.listSeparator = listSeparator
        self.acceptsMissing = acceptsMissing
    }
}

/// One source after parsing: small, however many documents it stands for.
enum Source: Sendable, Hashable {
    case document(Document)
    case rfcs(base: String, numbers: ClosedRange<Int>)
    case folder(String)

    var isWeb: Bool {
        switch self {
        case .document(let document): document.isWeb
        case .rfcs: true
        case .folder: false
        }
    }
}
