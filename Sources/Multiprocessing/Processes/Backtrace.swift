// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

extension CrashReport {
    /// Where a worker was when it crashed: the thread that died, from its innermost function outwards, at most 48.
    ///
    /// Of asynchronous code these are the functions on the thread's stack, not those that wait for it. Two are equal when
    /// they are the same places, whatever is known of their names.
    public struct Backtrace: Sendable, Hashable, CustomStringConvertible {
        /// One place on the stack.
        public struct Frame: Sendable, Hashable {
            /// Where it was in the worker's memory; of a caller the last byte of its call.
            public let address: UInt64

            /// The program's or library's file, nil if the address is in none.
            public let image: String?

            /// Where in the file, relative to where that is loaded: what `addr2line` and `llvm-symbolizer` want.
            public let offset: UInt64

            /// The function, as one writes it, but without the standard library's name before its types; nil when its file
            /// has no name for it.
            public let symbol: String?
        }

        private let places: [CrashRecord.Place]
        private let names = Names()

        init(_ record: CrashRecord) { places = record.places }

        /// The places with their names. These are looked up with the first call, in the files of this process's program
        /// and libraries, which takes some milliseconds, and are kept.
        public var frames: [Frame] { names.frames(of: places) }

        public static func == (one: Self, other: Self) -> Bool { one.places == other.places }

        public func hash(into hasher: inout Hasher) { hasher.combine(places) }

        /// All of it, one line a frame.
        public var description: String {
            frames.enumerated().map { "\($0) \($1)" }.joined(separator: "\n")
        }

        /// Made once for all copies.
        private final class Names: Sendable {
            private let known = Mutex<[Frame]?>(nil)

            func frames(of places: [CrashRecord.Place]) -> [Frame] {
                known.withLock { known in
                    if let known { return known }
                    let frames = Backtrace.frames(of: places)
                    known = frames
                    return frames
                }
            }
        }

        private static func frames(of places: [CrashRecord.Place]) -> [Frame] {
            var symbols = [String?](repeating: nil, count: places.count)
            for image in Set(places.compactMap(\.image)) {
                let indices = places.indices.filter { places[$0].image == image }
                // A worker is this very program, even if the file was replaced by now.
                let path = image.isEmpty ? CurrentProcess.program : image
                let found = SymbolTable.symbols(in: path, at: indices.map { places[$0].offset })
                for (index, symbol) in zip(indices, found) { symbols[index] = symbol.map { SymbolName.short($0.name) } }
            }
            return places.indices.map { index in
                let place = places[index]
                let image = place.image.map { $0.isEmpty ? CommandLine.arguments.first ?? "program" : $0 }
                return Frame(address: place.address, image: image, offset: place.offset, symbol: symbols[index])
            }
        }
    }
}

extension CrashReport.Backtrace.Frame: CustomStringConvertible {
    public var description: String {
        guard let image else { return "0x" + String(address, radix: 16) }
        let file = image.split(separator: "/").last.map(String.init) ?? image
        let place = "\(file) + 0x\(String(offset, radix: 16))"
        return symbol.map { "\($0) in \(place)" } ?? place
    }
}

/// A demangled name as one would write it.
enum SymbolName {
    /// Without what the compiler adds to tell private declarations apart, `(name in _0123…)`, and without the standard
    /// library's name.
    static func short(_ name: String) -> String {
        var short = ""
        var rest = name[...]
        while let start = rest.firstRange(of: " in _") {
            let (before, after) = (rest[..<start.lowerBound], rest[start.upperBound...])
            let digits = after.prefix { $0.isHexDigit }
            if let open = before.lastIndex(of: "("), digits.count == 32, after.dropFirst(32).first == ")" {
                short += before[..<open] + before[before.index(after: open)...]
                rest = after.dropFirst(33)
            } else {
                short += rest[..<start.upperBound]
                rest = after
            }
        }
        return (short + rest).replacing("Swift.", with: "")
    }
}
