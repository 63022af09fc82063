// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Pieces of work by number. A number is a place, which is used again, and how often it was: it is never given twice.
///
/// Everything is O(1) without hashing: a pool comes by here several times for each piece.
struct PieceTable<Piece> {
    private var pieces: [Piece?] = []
    private var generations: [UInt32] = []
    private var free: [Int] = []

    private(set) var count = 0

    mutating func add(_ piece: Piece) -> UInt64 {
        count += 1
        if let place = free.popLast() {
            pieces[place] = piece
            return number(place)
        }
        pieces.append(piece)
        generations.append(0)
        return number(pieces.count - 1)
    }

    private func number(_ place: Int) -> UInt64 { UInt64(generations[place]) << 32 | UInt64(place) }

    private func place(_ number: UInt64) -> Int? {
        let place = Int(truncatingIfNeeded: number & 0xffff_ffff)
        guard place < pieces.count, generations[place] == UInt32(truncatingIfNeeded: number >> 32) else { return nil }
        return place
    }

    /// The piece with this number, nil once it is removed; setting it to nil is not removing it.
    subscript(_ number: UInt64) -> Piece? {
        get { place(number).flatMap { pieces[$0] } }
        _modify {
            guard let place = place(number) else {
                var none: Piece?
                yield &none
                return
            }
            yield &pieces[place]
        }
    }

    @discardableResult
    mutating func remove(_ number: UInt64) -> Piece? {
        guard let place = place(number), let piece = pieces[place] else { return nil }
        pieces[place] = nil
        generations[place] &+= 1
        free.append(place)
        count -= 1
        return piece
    }

    /// All numbers, in no order.
    var numbers: [UInt64] { pieces.indices.filter { pieces[$0] != nil }.map(number) }
}

extension PieceTable: Sendable where Piece: Sendable {}
