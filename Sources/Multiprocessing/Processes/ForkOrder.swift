// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What its client asks of the fork server.
struct ForkOrder: BitwiseCopyable {
    enum Kind: UInt8, BitwiseCopyable {
        /// The first one: the ends of the shelf come with it.
        case shelf
        /// What to preload is in the message behind this one.
        case preload
        /// A worker is to lie on the shelf.
        case worker
    }

    let kind: Kind
    /// Somebody waits for it: an error is to be said, and it stays until it is taken.
    let isAwaited: Bool
    /// How many workers the client had taken from the shelf: it asks for one beyond these, which may be there by now.
    let taken: UInt64

    private static let room = 254
    private var length: UInt16 = 0
    private var name = InlineArray<254, UInt8>(repeating: 0)

    /// - Parameter mangledName: The type of the worker's first work, if it is known. A name that is too long is left
    ///   out, which only costs time.
    init(_ kind: Kind, beyond taken: UInt64 = 0, isAwaited: Bool = false, mangledName: String? = nil) {
        self.kind = kind
        self.taken = taken
        self.isAwaited = isAwaited
        guard let mangledName, mangledName.utf8.count <= Self.room else { return }
        length = UInt16(mangledName.utf8.count)
        for (index, byte) in mangledName.utf8.enumerated() { name[index] = byte }
    }

    var mangledName: [UInt8]? {
        guard length > 0, length <= Self.room else { return nil }
        return (0..<Int(length)).map { name[$0] }
    }
}
