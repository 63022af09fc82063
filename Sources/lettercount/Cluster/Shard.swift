// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// One of so many equal parts of a list of documents, numbered from 1 as test runners number theirs.
///
/// The documents are dealt like cards, so that the parts are as even as they can be. All parts must see the same list.
struct Shard: Hashable, Sendable {
    let index: Int
    let count: Int

    static let most = 10_000_000
    /// All of it.
    static let whole = Shard(index: 1, count: 1)

    private init(index: Int, count: Int) {
        self.index = index
        self.count = count
    }

    /// Nil for what is no part.
    init?(_ index: Int, of count: Int) {
        guard (1...Self.most).contains(count), (1...count).contains(index) else { return nil }
        self.init(index: index, count: count)
    }

    /// From `3/64`.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let index = Self.number(parts[0]), let count = Self.number(parts[1]) else { return nil }
        self.init(index, of: count)
    }

    /// `Int` alone would take a sign, too.
    static func number(_ text: some StringProtocol) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }

    /// Whether the document at this position, from 0, belongs to it.
    func contains(position: Int) -> Bool { position % count == index - 1 }

    /// How many of so many documents are its own.
    func size(of documentCount: Int) -> Int { (documentCount + count - index) / count }
}

extension Shard: CustomStringConvertible {
    var description: String { "\(index)/\(count)" }
}
