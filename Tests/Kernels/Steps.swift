// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import LetterCounting

/// One count between two stops, so that who watches the process can follow it instruction by instruction.
enum Steps {
    static func run(_ name: String, _ table: String, _ kind: String, _ count: Int) {
        guard let kernel = Kernel(named: name) else { Kernels.fail("this processor cannot run \(name)", code: 69) }
        guard let table = Table(rawValue: table), count > 0 else { Kernels.fail("no such table", code: 64) }
        let bytes = kind == "text" ? Samples.text(count) : Samples.binary(count)
        // UInt8 has no padding.
        let span = unsafe bytes.span.bytes
        // Once before, for what is made at the first use.
        var letters = LetterCounter(kernel: kernel)
        var histogram = ByteHistogram()
        letters.update(span)
        histogram.add(span, kernel: kernel)
        raise(SIGSTOP)
        switch table {
        case .letters: letters.update(span)
        case .bytes: histogram.add(span, kernel: kernel)
        }
        raise(SIGSTOP)
        let isRight =
            histogram[bytes[0]] == UInt64(bytes.count { $0 == bytes[0] }) * (table == .bytes ? 2 : 1)
            && letters.byteCount == UInt64(count * (table == .letters ? 2 : 1))
        if !isRight { Kernels.fail("\(kernel): wrong counts") }
    }
}
