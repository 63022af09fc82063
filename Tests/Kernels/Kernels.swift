// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import LetterCounting

/// What can be said of the kernels only in a release build: how fast they are, how many instructions they take, and that
/// they count beyond what fits into 32 bits.
@main
enum Kernels {
    private static let usage = """
        usage: kernels measure FILE            bytes a second of every kernel over a text, as Benchmarks/report shows them
               kernels step NAME WHAT KIND N   one count of N bytes between two stops, for Scripts/instruction-counts
               kernels beyond                  counts 4 GiB and more with every kernel and checks the tables

        NAME is a kernel's, WHAT letters or bytes, KIND text or binary.
        """

    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch (arguments.first, arguments.count) {
        case ("measure", 2): Speed.measure(text: arguments[1])
        case ("step", 5): Steps.run(arguments[1], arguments[2], arguments[3], Int(arguments[4]) ?? 0)
        case ("beyond", 1): Beyond.check()
        default: fail(usage, code: 64)
        }
    }

    /// Ends the program with a line on standard error.
    static func fail(_ text: String, code: Int32 = 1) -> Never {
        let line = text + "\n"
        // A C string that lives for the call; write reads no further than its end.
        _ = unsafe write(2, line, line.utf8.count)
        exit(code)
    }
}

/// What is counted: one of the two tables that a kernel adds to.
enum Table: String, CaseIterable {
    case letters
    case bytes

    /// The counts that the kernel finds: 26 or 256.
    func counts(of bytes: RawSpan, by kernel: Kernel) -> [UInt64] {
        switch self {
        case .letters:
            let counts = LetterCounter.count(bytes, kernel: kernel)
            return (0..<26).map { counts[at: $0] }
        case .bytes:
            let histogram = ByteHistogram(of: bytes, kernel: kernel)
            return (UInt8.min...UInt8.max).map { histogram[$0] }
        }
    }

    /// The counts by the definition.
    func expectedCounts(of bytes: RawSpan) -> [UInt64] {
        var bins = [UInt64](repeating: 0, count: 256)
        // Unsafe only as a reinterpretation, and every byte is a UInt8; the offset is checked.
        for offset in bytes.byteOffsets {
            bins[Int(unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))] += 1
        }
        return self == .bytes ? bins : (0..<26).map { bins[0x41 + $0] + bins[0x61 + $0] }
    }
}
