// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

@testable import LetterCounting

/// What the definition finds in bytes: the oracle of every kernel.
struct ExpectedCounts: Equatable {
    var letters = LetterCounts()
    var bytes = ByteHistogram()

    init() {}

    init(of bytes: [UInt8]) {
        for byte in bytes { add(byte) }
    }

    /// One byte more, so that all lengths of the same bytes cost no more than the longest.
    mutating func add(_ byte: UInt8, times count: UInt64 = 1) {
        bytes[byte] += count
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): letters[at: Int(byte - UInt8(ascii: "a"))] += count
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): letters[at: Int(byte - UInt8(ascii: "A"))] += count
        default: break
        }
    }

    /// By memory, because in a debug build a comparison count by count takes longer than the counting.
    static func == (left: Self, right: Self) -> Bool {
        // Both are numbers without padding between them, of the same size.
        unsafe withUnsafePointer(to: left) { left in
            unsafe withUnsafePointer(to: right) { right in unsafe memcmp(left, right, MemoryLayout<Self>.size) == 0 }
        }
    }

    /// What a kernel finds.
    init(of bytes: RawSpan, by kernel: Kernel) {
        add(bytes, by: kernel)
    }

    /// By the kernel's instructions, also where tables would count so few bytes.
    mutating func add(_ bytes: RawSpan, by kernel: Kernel) {
        kernel.add(bytes, to: &letters)
        kernel.add(bytes, to: &self.bytes, worthwhileByteCount: 0)
    }
}

/// Bytes that are hard on something.
enum KernelSamples {
    /// Names and bytes; all are longer than what any kernel holds in lanes of 8 bits or in one block.
    static func all(_ count: Int = 70_000) -> [(name: String, bytes: [UInt8])] {
        var source = SeededBytes(seed: 31)
        let text = Array("It was the best of times, it was the WORST of times; 1859.\r\n\t".utf8)
        let accented = Array("São João não é ação: “naïve” — Ελλάδα, 日本".utf8)
        return [
            ("random", source.bytes(count)),
            ("awkward text", source.awkwardText(count)),
            ("text", repeating(text, count)),
            ("text beyond ASCII", repeating(accented, count)),
            ("all values in order", repeating(Array(UInt8.min...UInt8.max), count)),
            ("one letter", [UInt8](repeating: UInt8(ascii: "e"), count: count)),
            ("the last letter", [UInt8](repeating: UInt8(ascii: "Z"), count: count)),
            ("zeros", [UInt8](repeating: 0, count: count)),
            ("all bits", [UInt8](repeating: 0xff, count: count)),
            ("the neighbours of letters", repeating(Array("@[`{".utf8) + [0xc1, 0xe1, 0x01, 0x21, 0x7f, 0x80], count)),
            ("letters with the highest bit", repeating((0xe1...0xfa).map { $0 }, count)),
            ("one byte beyond ASCII in each block", (0..<count).map { $0 % 1_900 == 1_899 ? 0xe9 : 0x65 }),
        ]
    }

    private static func repeating(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
        (0..<count).map { bytes[$0 % bytes.count] }
    }
}
