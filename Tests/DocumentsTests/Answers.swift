// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Answers for a ``ScriptedServer``, written out as bytes.
extension ScriptedServer.Step {
    /// A whole answer with its length; the connection stays open.
    static func answer(_ status: Int, _ body: [UInt8] = [], headers: [String] = []) -> Self {
        .send(head(status, headers + ["content-length: \(body.count)"]) + body)
    }

    static func answer(_ body: String) -> Self { .answer(200, Array(body.utf8)) }

    /// Only the head of an answer, to be followed by whatever a test wants.
    static func head(_ headers: String..., status: Int = 200) -> Self { .send(head(status, headers)) }

    static func redirect(to location: String) -> Self { .answer(302, headers: ["location: \(location)"]) }

    private static func head(_ status: Int, _ headers: [String]) -> [UInt8] {
        Array((["HTTP/1.1 \(status) Text"] + headers + ["", ""]).joined(separator: "\r\n").utf8)
    }
}

/// A text and what zlib's best compression makes of it.
enum Compressed {
    static let text = Array(
        String(repeating: "It was a bright cold day in April, and the clocks were striking thirteen.\n", count: 40).utf8
    )

    static let gzip = bytes(
        """
        1f8b0800000000000203edccc10980300c05d0bb53fc01c41d3c3a466d83064b2a69a0b8bdaee0fd9f1fbc2d305247c2ee7a9c81dc6a\
        41490fd4b0deae7546b2823805b9b67c750c71410fd74bedf8403d446c99364e9c3871e2c48913274e9c38fd9c5e414de928900b0000
        """)

    /// What HTTP calls deflate: the zlib format.
    static let deflate = bytes(
        """
        78daedccc10980300c05d0bb53fc01c41d3c3a466d83064b2a69a0b8bdaee0fd9f1fbc2d305247c2ee7a9c81dc6a41490fd4b0deae75\
        46b2823805b9b67c750c71410fd74bedf8403d446c99364e9c3871e2c48913274e9c38fd9c5e2a1412bd
        """)

    /// The beginning of a gzip stream that unpacks to `count` times 258 zeros, 159 to each byte.
    static func bomb(runs count: Int) -> [UInt8] {
        var bits = BitWriter(bytes: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3])
        bits.write(0b011, count: 3)  // The last block, with the fixed codes.
        bits.write(0b0000_1100, count: 8)  // The literal 0: code 00110000, its first bit first.
        for _ in 0..<count {
            bits.write(0b1010_0011, count: 8)  // Length 258: code 11000101, its first bit first.
            bits.write(0, count: 5)  // Distance 1.
        }
        return bits.bytes
    }

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = hexadecimal.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}

private struct BitWriter {
    var bytes: [UInt8]
    private var pending = 0
    private var pendingCount = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Lowest bit first.
    mutating func write(_ value: Int, count: Int) {
        pending |= value << pendingCount
        pendingCount += count
        while pendingCount >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: pending))
            pending >>= 8
            pendingCount -= 8
        }
    }
}
