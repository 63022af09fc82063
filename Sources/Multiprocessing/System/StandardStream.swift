// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc

/// One of this process's standard streams, without the C library's buffers: a failed write is reported where it
/// happens.
package enum StandardStream: Int32, Sendable {
    case output = 1
    case error = 2

    /// Writes all of it; false when that was not possible.
    @discardableResult
    package func write(_ text: String) -> Bool { (try? writeAll(Array(text.utf8))) != nil }

    /// Writes all of it, or says why not.
    package func writeAll(_ bytes: [UInt8]) throws(SystemError) {
        // Read only, within the closure.
        try unsafe bytes.withUnsafeBufferPointer { buffer throws(SystemError) in
            try unsafe Transfer.writeAll(rawValue, UnsafeRawBufferPointer(buffer))
        }
    }

    /// Whether a person sits at the other end.
    package var isTerminal: Bool { isatty(rawValue) == 1 }

    /// The terminal's width; nil when it is none.
    package var columns: Int? {
        let columns = Int(mp_terminal_columns(rawValue))
        return columns > 0 ? columns : nil
    }

    /// The terminal's height; nil when it is none.
    package var rows: Int? {
        let rows = Int(mp_terminal_rows(rawValue))
        return rows > 0 ? rows : nil
    }
}

/// A signal's usual name.
enum SignalName {
    static func of(_ signal: Int32) -> String {
        // A static string of the C library, or null for a number without a name.
        guard let name = unsafe mp_signal_name(signal) else { return "an unknown signal" }
        return "SIG" + (unsafe String(cString: name))
    }
}
