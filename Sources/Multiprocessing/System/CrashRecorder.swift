// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc

/// Where this process crashes, told on its standard error: see crash.c for how, and `CrashRecord` for who reads it.
enum CrashRecorder {
    /// Whether this build can.
    static var isAvailable: Bool { mp_can_record_crashes() != 0 }

    /// Does what its copies need not do again.
    static func prepare() { mp_prepare_crash_records() }

    /// From now on.
    static func begin() { mp_record_crashes() }
}

/// The names of a program's functions.
enum SymbolTable {
    struct Symbol: Sendable {
        /// As one writes it in Swift, or in C.
        var name: String
        /// Where it begins, relative to where the file is loaded.
        var start: UInt64
    }

    /// What the file has at these places, nil for each where it has nothing to tell. Reads the file's table of symbols:
    /// milliseconds, or some tens of them for a large program.
    static func symbols(in path: String, at offsets: [UInt64]) -> [Symbol?] {
        var places = unsafe offsets.map { offset in unsafe mp_symbol(offset: offset, start: 0, name: nil) }
        // Fills in the elements of the array, which are as many as it is told; the path is copied for the call.
        unsafe mp_find_symbols(path, &places, places.count)
        return unsafe places.map { place in
            guard let name = unsafe place.name else { return nil }
            defer { unsafe free(name) }  // ours, as the header says
            return unsafe Symbol(name: demangled(name), start: place.start)
        }
    }

    private static func demangled(_ name: UnsafePointer<CChar>) -> String {
        // A new C string or null, for a C string.
        guard let text = unsafe mp_demangled(name) else { return unsafe String(cString: name) }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }
}

/// Looking for a byte in many: the C library is much faster at it than a loop, most of all in debug builds.
enum ByteSearch {
    /// The first place of the byte.
    static func first(_ byte: UInt8, in bytes: ArraySlice<UInt8>) -> Int? {
        // memchr reads count bytes and answers an address among them, or null.
        unsafe bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress, let found = unsafe memchr(base, Int32(byte), buffer.count) else {
                return nil
            }
            return unsafe bytes.startIndex + (UnsafeRawPointer(found) - base)
        }
    }

    /// The last place of the byte.
    static func last(_ byte: UInt8, in bytes: ArraySlice<UInt8>) -> Int? {
        // Reads the slice's bytes only.
        let index = unsafe bytes.withUnsafeBytes { unsafe mp_last_byte($0.baseAddress, $0.count, byte) }
        return index < 0 ? nil : bytes.startIndex + index
    }
}
