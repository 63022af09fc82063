// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Numbers of a message, which may lie anywhere in it.
enum LittleEndian {
    /// Four bytes from this index on; in bounds, or the program ends.
    static func word(_ bytes: ArraySlice<UInt8>, _ index: Int) -> UInt32 {
        precondition(index >= bytes.startIndex && index <= bytes.endIndex - 4, "a number outside its message")
        // In bounds, as just checked.
        return unsafe bytes.withUnsafeBytes {
            unsafe UInt32(
                littleEndian: $0.loadUnaligned(fromByteOffset: index - bytes.startIndex, as: UInt32.self))
        }
    }

    /// Eight bytes from this index on; in bounds, or the program ends.
    static func wide(_ bytes: ArraySlice<UInt8>, _ index: Int) -> UInt64 {
        precondition(index >= bytes.startIndex && index <= bytes.endIndex - 8, "a number outside its message")
        // In bounds, as just checked.
        return unsafe bytes.withUnsafeBytes {
            unsafe UInt64(
                littleEndian: $0.loadUnaligned(fromByteOffset: index - bytes.startIndex, as: UInt64.self))
        }
    }
}
