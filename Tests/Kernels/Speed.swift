// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting

/// Bytes a second: of a document, of what the second-level cache holds, and of what no cache holds.
enum Speed {
    static func measure(text path: String) {
        let text = Samples.contents(of: path)
        // A document from a byte of no particular address, as it often is.
        let places: [(name: String, bytes: [UInt8], offset: Int, repetitions: Int)] = [
            ("document", Samples.repeating(text, (48 << 10) + 1), 1, 100),
            ("cache", Samples.repeating(text, 512 << 10), 0, 20),
            ("binary", Samples.binary(512 << 10), 0, 20),
            ("memory", Samples.repeating(text, 1 << 30), 0, 1),
        ]
        for (name, array, offset, repetitions) in places {
            // UInt8 has no padding.
            let bytes = unsafe array.span.bytes.extracting(droppingFirst: offset)
            for table in Table.allCases {
                let expected = table.expectedCounts(of: bytes)
                if name == "document" { print("\(table.rawValue) counts\t\(words(expected))") }
                for kernel in Kernel.available {
                    let counts = table.counts(of: bytes, by: kernel)
                    guard counts == expected else { Kernels.fail("\(kernel): wrong \(table.rawValue) of \(name)") }
                    let speeds = (0..<5).map { _ in speed(table, kernel, bytes, repetitions) }
                    print("\(table.rawValue) \(kernel) \(name)\t\(words(speeds))")
                }
            }
        }
    }

    private static func words(_ values: [some CustomStringConvertible]) -> String {
        values.map(\.description).joined(separator: " ")
    }

    private static func speed(_ table: Table, _ kernel: Kernel, _ bytes: RawSpan, _ repetitions: Int) -> Double {
        let time = ContinuousClock().measure {
            switch table {
            case .letters:
                var total: UInt64 = 0
                for _ in 0..<repetitions { total &+= LetterCounter.count(bytes, kernel: kernel)[at: 4] }
                keep(total)
            case .bytes:
                var total: UInt64 = 0
                for _ in 0..<repetitions { total &+= ByteHistogram(of: bytes, kernel: kernel)[0x65] }
                keep(total)
            }
        }
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        return Double(bytes.byteCount) * Double(repetitions) / seconds
    }

    /// So that no result is found to be needless.
    @inline(never)
    private static func keep(_: UInt64) {}
}
