// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Bytes to count, the same in every run.
enum Samples {
    /// A sentence in ASCII, over and over.
    static func text(_ count: Int) -> [UInt8] {
        repeating(Array("It was the best of times, it was the WORST of times; 1859.\r\n".utf8), count)
    }

    /// Bytes that look random.
    static func binary(_ count: Int) -> [UInt8] {
        var state: UInt64 = 1
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }

    /// As many bytes as are asked for of others, over and over.
    static func repeating(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        while result.count + bytes.count <= count { result += bytes }
        return result + bytes.prefix(count - result.count)
    }

    static func contents(of path: String) -> [UInt8] {
        // A C string that lives for the call.
        guard let file = unsafe fopen(path, "r") else { Kernels.fail("cannot read \(path)") }
        // A stream used here alone, which reads no more than the array has room for.
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = unsafe fread(&part, 1, part.count, file)
            if count == 0 { break }
            bytes += part.prefix(count)
        }
        guard !bytes.isEmpty else { Kernels.fail("nothing in \(path)") }
        return bytes
    }
}
