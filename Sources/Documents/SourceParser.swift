// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Turns what the user wrote into sources, argument by argument.
struct SourceParser {
    private let options: SourceOptions
    private(set) var sources: [Source] = []
    private var usesStandardInput = false

    init(_ options: SourceOptions) {
        self.options = options
    }

    mutating func add(_ argument: String) throws(SourceError) {
        if argument.hasPrefix("@") {
            try addList(argument)
        } else {
            try addSource(argument)
        }
    }

    private mutating func addList(_ argument: String) throws(SourceError) {
        let path = String(argument.dropFirst())
        if path.isEmpty {
            throw .malformed(source: argument, problem: "'@' needs the path of a list, as in @list.txt, or @-")
        }
        let origin = TextLines.Origin(path)
        if origin == .standardInput { try useStandardInput() }
        do throws(SourceError) {
            try addLines(TextLines(of: origin, separator: options.listSeparator), of: origin)
        } catch {
            throw error.of(origin.description, named: argument)
        }
    }

    private mutating func addLines(
        _ lines: consuming TextLines, of origin: TextLines.Origin
    ) throws(SourceError) {
        while let line = try lines.next() {
            let isExact = options.listSeparator == .zeroByte
            guard let source = isExact ? line.text : Self.source(inLine: line.text) else { continue }
            do throws(SourceError) {
                if source.hasPrefix("@") {
                    throw .malformed(
                        source: source, problem: "a list cannot name another list; write ./\(source) for a file")
                }
                try addSource(source)
            } catch {
                throw error.found(in: origin.description, line: line.number)
            }
        }
    }

    /// What a line of a list says: nothing if it is blank or a comment. Blanks around it do not count.
    private static func source(inLine line: String) -> String? {
        // Almost all lines begin and end with what is neither blank nor #: to look at characters one by one takes a hundred
        // times as long as at two bytes.
        if let first = line.utf8.first, let last = line.utf8.last, (0x24...0x7E).contains(first),
            (0x21...0x7E).contains(last)
        {
            return line
        }
        let trimmed = line.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        return trimmed.isEmpty || trimmed.first == "#" ? nil : String(trimmed)
    }

    private mutating func addSource(_ text: String) throws(SourceError) {
        if text.isEmpty {
            throw .malformed(source: text, problem: "it is empty")
        }
        if text.utf8.contains(0) {
            throw .malformed(source: text, problem: "it contains a zero byte")
        }
        if text == "-" {
            try addStandardInput()
        } else if text.hasPrefix("rfc:") {
            try addRFCs(text)
        } else if WebAddress.hasWebScheme(text) {
            if let problem = WebAddress.problem(with: text) { throw .malformed(source: text, problem: problem) }
            sources.append(.document(.web(text)))
        } else {
            try addPath(text)
        }
    }

    private mutating func addStandardInput() throws(SourceError) {
        try useStandardInput()
        sources.append(.document(.standardInput))
    }

    private mutating func useStandardInput() throws(SourceError) {
        if usesStandardInput {
            throw .malformed(source: "-", problem: "standard input can be read only once; name it once")
        }
        usesStandardInput = true
    }

    private mutating func addRFCs(_ text: String) throws(SourceError) {
        if let problem = WebAddress.problem(with: options.rfcBase) {
            throw .malformed(
                source: text, problem: "the base '\(options.rfcBase)' for RFCs is no web address: \(problem)")
        }
        var base = options.rfcBase[...]
        while base.last == "/" { base.removeLast() }
        for numbers in try RFCNumbers.ranges(in: text) {
            sources.append(.rfcs(base: String(base), numbers: numbers))
        }
    }

    private mutating func addPath(_ path: String) throws(SourceError) {
        let kind: FileKind
        do throws(SystemFailure) {
            kind = try FileSystem.kind(of: path)
        } catch {
            // What is there but cannot be looked at fails with its reason when it is read.
            if error.isMissing, !options.acceptsMissing { throw Self.error(forMissing: path) }
            return sources.append(.document(.file(path)))
        }
        sources.append(kind == .folder ? .folder(path) : .document(.file(path)))
    }

    private static func error(forMissing path: String) -> SourceError {
        if let scheme = WebAddress.schemeLookalike(in: path) {
            return .malformed(
                source: path,
                problem:
                    "'\(scheme)' is not a kind of source; write http://, https:// or rfc:N, or ./\(path) for a file")
        }
        if path.hasPrefix("www.") {
            return .noSuchInput(source: path, problem: "no such file; for a web page write https://\(path)")
        }
        let number = path.lowercased().hasPrefix("rfc") ? path.dropFirst(3) : ""
        if !number.isEmpty, number.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return .noSuchInput(source: path, problem: "no such file; for the RFC write rfc:\(number)")
        }
        return .noSuchInput(source: path, problem: "no such file or folder")
    }
}
