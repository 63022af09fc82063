// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Which documents a partial count is of, so that none is added twice: engines run a task again when its machine was lost,
/// and not every lost machine is silent.
struct BatchIdentity: Hashable, Sendable {
    /// Given by whoever divides the documents, or made of their names.
    var name: String
    /// Which part of what has this name.
    var shard = Shard.whole
}

extension BatchIdentity: Comparable {
    static func < (left: Self, right: Self) -> Bool {
        (left.name, left.shard.count, left.shard.index) < (right.name, right.shard.count, right.shard.index)
    }
}

extension BatchIdentity: CustomStringConvertible {
    var description: String { shard == .whole ? name : "\(name), shard \(shard)" }
}

/// A name for a list of documents, made of theirs: FNV-1a with 128 bits.
///
/// It keeps apart what was not made to be confused; two lists with one digest would be refused, not lost.
final class BatchDigest: Sendable {
    private let state = Mutex(UInt128(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d))

    func add(_ name: String) {
        state.withLock { state in
            for byte in name.utf8 { Self.add(byte, to: &state) }
            // No name has one: so that two names are not one longer one.
            Self.add(0, to: &state)
        }
    }

    private static func add(_ byte: UInt8, to state: inout UInt128) {
        state = (state ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013b
    }

    var text: String { state.withLock { Decimals.right(String($0, radix: 16), width: 32, fill: "0") } }
}
