// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Documents

@Suite struct SourceListTests {
    private func documents(_ arguments: String..., base: String = "http://mirror/rfc") throws -> [String] {
        let options = SourceOptions(rfcBase: base)
        return try SourceList(parsing: arguments, options: options).documents.map(\.description)
    }

    private func error(_ arguments: String..., base: String = "http://mirror/rfc") -> SourceError? {
        do throws(SourceError) {
            _ = try SourceList(parsing: arguments, options: SourceOptions(rfcBase: base))
            return nil
        } catch {
            return error
        }
    }

    private func problem(_ arguments: String..., base: String = "http://mirror/rfc") -> String? {
        do throws(SourceError) {
            _ = try SourceList(parsing: arguments, options: SourceOptions(rfcBase: base))
            return nil
        } catch {
            guard case .malformed(_, let problem) = error else { return "not malformed: \(error)" }
            return problem
        }
    }

    @Test func `nothing is an empty list`() throws {
        let list = try SourceList(parsing: [])
        #expect(Array(list.documents).isEmpty)
        #expect(list.knownCount == 0)
        #expect(!list.hasWebDocuments && !list.hasOnlyWebDocuments && !list.hasStandardInput)
    }

    @Test func `URLs stay as they are written and in their order`() throws {
        let urls = ["https://example.com/b?x=y", "HTTP://example.com:8080", "http://[::1]:80/a", "http://u:p@h/"]
        let list = try SourceList(parsing: urls)
        #expect(list.documents.map(\.description) == urls)
        #expect(list.documents.allSatisfy { $0.isWeb })
        #expect(list.hasOnlyWebDocuments)
        #expect(list.knownCount == 4)
    }

    @Test(arguments: [
        ("http://", "it names no host"), ("https:///path", "it names no host"), ("http://:80/", "it names no host"),
        ("http://[]/", "it names no host"), ("http://user@/", "it names no host"),
        ("http://h:0/", "'0' is not a port"), ("http://h:65536/", "'65536' is not a port"),
        ("http://h:x/", "'x' is not a port"), ("http://h:1:2/", "'1:2' is not a port"),
        ("http://[::1/", "the address lacks its closing ]"), ("http://[::1]x/", "only a port may stand behind"),
        ("http://h/a b", "a URL holds no blanks"), ("http://h/a\n", "a URL holds no blanks"),
    ])
    func `a URL with a mistake is malformed`(url: String, beginning: String) {
        #expect(problem(url)?.hasPrefix(beginning) == true, "\(problem(url) ?? "no problem")")
    }

    @Test func `RFC numbers and ranges become the URLs of their texts`() throws {
        #expect(
            try documents("rfc:1000-1002") == (1000...1002).map { "http://mirror/rfc/rfc\($0).txt" })
        #expect(
            try documents("rfc:791,1000-1001,7,7")
                == [791, 1000, 1001, 7, 7].map { "http://mirror/rfc/rfc\($0).txt" })
        #expect(try documents("rfc:5-5", base: "https://m//") == ["https://m/rfc5.txt"])
        #expect(
            try SourceList(parsing: ["rfc:99999"]).documents.map(\.description)
                == ["https://www.rfc-editor.org/rfc/rfc99999.txt"])
        #expect(try SourceList(parsing: ["rfc:1-99999", "rfc:3"]).knownCount == 100_000)
    }

    @Test(arguments: [
        "rfc:", "rfc:x", "rfc:1,", "rfc:,1", "rfc:1-", "rfc:-1", "rfc:1-2-3", "rfc:0", "rfc:0-3", "rfc:100000",
        "rfc:1-100000", "rfc:20-10", "rfc:+5", "rfc: 5", "rfc:99999999999999999999", "rfc:１",
    ])
    func `RFC numbers with a mistake are malformed`(source: String) {
        guard case .malformed(source, _) = error(source) else {
            Issue.record("\(source) was taken, or refused otherwise")
            return
        }
    }

    @Test func `a backward range says how to turn it`() {
        #expect(problem("rfc:20-10") == "the range 20-10 runs backwards; write 10-20")
    }

    @Test func `a base that is no URL is malformed where an RFC is asked for`() throws {
        #expect(problem("rfc:1", base: "mirror")?.hasPrefix("the base 'mirror' for RFCs is no web address") == true)
        #expect(try documents("http://h/", base: "mirror") == ["http://h/"])
    }

    @Test func `standard input is read once`() throws {
        let list = try SourceList(parsing: ["-", "http://h/"])
        #expect(Array(list.documents) == [.standardInput, .web("http://h/")])
        #expect(list.hasStandardInput && list.hasWebDocuments && !list.hasOnlyWebDocuments)
        #expect(problem("-", "http://h/", "-") == "standard input can be read only once; name it once")
    }

    @Test(arguments: [
        ("ftp://h/x", "ftp://"), ("file:///etc/hosts", "file://"), ("htp:/h", "htp:"), ("https:h", "https:"),
        ("RFC:1", "RFC:"), ("s3://bucket/key", "s3://"),
    ])
    func `what looks like another scheme is malformed`(source: String, scheme: String) {
        #expect(
            problem(source)
                == "'\(scheme)' is not a kind of source; write http://, https:// or rfc:N, or ./\(source) for a file")
    }

    @Test(arguments: [
        ("no/such/file", "no such file or folder"), ("rfc1000", "no such file; for the RFC write rfc:1000"),
        ("www.example.com", "no such file; for a web page write https://www.example.com"),
    ])
    func `what is not there is another error`(source: String, problem: String) throws {
        #expect(error(source) == .noSuchInput(source: source, problem: problem))
        #expect("\(try #require(error(source)))" == "cannot find '\(source)': \(problem)")
    }

    @Test func `nonsense is malformed`() throws {
        #expect("\(try #require(error("")))" == "cannot understand '': it is empty")
        #expect(problem("a\0b") == "it contains a zero byte")
        #expect(problem("@") == "'@' needs the path of a list, as in @list.txt, or @-")
    }
}
