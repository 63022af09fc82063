// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A first look at URLs: finds what a person types wrongly, before anything is asked of a server.
///
/// It does not take a URL apart; the HTTP client does that when it is asked for.
enum WebAddress {
    static func hasWebScheme(_ text: String) -> Bool {
        let lowercased = text.prefix(8).lowercased()
        return lowercased.hasPrefix("http://") || lowercased.hasPrefix("https://")
    }

    /// What is wrong with a URL, with what to write instead; `nil` if nothing is.
    static func problem(with url: String) -> String? {
        guard hasWebScheme(url), let slashes = url.utf8.firstIndex(of: UInt8(ascii: "/")) else {
            return "it begins with neither http:// nor https://"
        }
        if url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) {
            return "a URL holds no blanks or control characters; write %20 for a blank"
        }
        let rest = url.utf8[url.utf8.index(slashes, offsetBy: 2)...]
        let authority = rest.prefix { !"/?#".utf8.contains($0) }
        // What stands before an @ is a user's name and password.
        let hostAndPort =
            authority.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false).last ?? authority
        return problem(withHostAndPort: Substring(hostAndPort))
    }

    private static func problem(withHostAndPort text: Substring) -> String? {
        let noHost = "it names no host, as in https://example.com/file.txt"
        var port: Substring?
        if text.first == "[" {
            guard let bracket = text.firstIndex(of: "]") else { return "the address lacks its closing ]" }
            let behind = text[text.index(after: bracket)...]
            if text[text.index(after: text.startIndex)..<bracket].isEmpty { return noHost }
            if !behind.isEmpty, behind.first != ":" { return "only a port may stand behind the ]" }
            port = behind.isEmpty ? nil : behind.dropFirst()
        } else {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            if parts[0].isEmpty { return noHost }
            port = parts.count == 2 ? parts[1] : nil
        }
        guard let port, !port.isEmpty else { return nil }
        if port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(port), (1...65_535).contains(number) {
            return nil
        }
        return "'\(port)' is not a port; ports lie between 1 and 65535"
    }

    /// The beginning of something that was perhaps meant as a URL or an `rfc:` source: letters and a colon.
    static func schemeLookalike(in text: String) -> String? {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let scheme = text[..<colon]
        let isName = scheme.utf8.allSatisfy { (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) }
        guard isName, scheme.first?.isLetter == true else { return nil }
        return text[colon...].hasPrefix("://") ? "\(scheme)://" : "\(scheme):"
    }
}
