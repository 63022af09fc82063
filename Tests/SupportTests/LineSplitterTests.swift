// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TestSupport

@Suite struct LineSplitterTests {
    @Test(arguments: [
        ("", []), ("a", ["a"]), ("a\nb\n", ["a", "b"]), ("\n\n", ["", ""]), ("a\r\nb", ["a", "b"]),
        ("10%\r20%\rdone\n", ["10%", "20%", "done"]), ("\r\r\n\n", ["", "", ""]),
    ])
    func `lines are the same however the stream is cut`(_ text: String, _ lines: [String]) {
        var whole = LineSplitter()
        whole.append(Array(text.utf8))
        whole.finish()
        #expect(whole.lines == lines)

        var bytes = LineSplitter()
        for byte in text.utf8 { bytes.append([byte]) }
        bytes.append([])
        bytes.finish()
        #expect(bytes.lines == lines)
    }
}
