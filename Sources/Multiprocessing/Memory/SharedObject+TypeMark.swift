// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension SharedObject {
    /// A number that stands for a type's name and layout, the same in every process of a program: memory that holds
    /// another type is refused by it.
    static func typeMark<Value>(of type: Value.Type) -> UInt64 {
        // FNV-1a; the standard library's hashing has a seed of its own in each process.
        let prime: UInt64 = 0x100_0000_01b3
        let name = _typeName(type).utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* prime }
        return [MemoryLayout<Value>.size, MemoryLayout<Value>.alignment].reduce(name) { ($0 ^ UInt64($1)) &* prime }
    }
}
