// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A process and all that it has started, as the system lists them.
package struct ProcessTree: Sendable {
    private let root: Int32

    package init(of root: Int32) { self.root = root }

    /// The memory of all of them together, in bytes: a page that several of them share is counted once, and of a page that
    /// others share, too, only their part. Nil when the system does not tell (`/proc/PID/smaps_rollup`, Linux 4.14).
    ///
    /// It is a sum of looks at one process after the other, not a picture of one moment; each look stops that process's
    /// memory management for a while.
    package var memoryBytes: UInt64? {
        let found = members.compactMap(Self.proportionalBytes)
        return found.isEmpty ? nil : found.reduce(0, +)
    }

    /// The root and its descendants, as far as they live.
    private var members: [Int32] {
        var children: [Int32: [Int32]] = [:]
        for number in Self.allNumbers {
            if let parent = Self.parent(of: number) { children[parent, default: []].append(number) }
        }
        var (found, next) = ([root], [root])
        while let number = next.popLast() {
            let own = children[number] ?? []
            found += own
            next += own
        }
        return found
    }

    private static var allNumbers: [Int32] {
        ((try? FolderNames.of("/proc", "list processes")) ?? []).compactMap { Int32($0) }
    }

    /// The fourth field of `stat`; the second may hold anything, parentheses and blanks too.
    private static func parent(of number: Int32) -> Int32? {
        guard let text = Machine.readSmallFile("/proc/\(number)/stat"), let end = text.lastIndex(of: ")") else {
            return nil
        }
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.count > 1 ? Int32(fields[1]) : nil
    }

    /// How much memory of a process is in use now, what it shares included; nil when it is gone.
    static func residentBytes(of number: Int32) -> Int? {
        // Pages: size, resident, and more.
        guard let text = Machine.readSmallFile("/proc/\(number)/statm") else { return nil }
        let fields = text.split(separator: " ")
        return fields.count > 1 ? Int(fields[1]).map { $0 * Mapping.pageByteCount } : nil
    }

    private static func proportionalBytes(of number: Int32) -> UInt64? {
        Machine.readSmallFile("/proc/\(number)/smaps_rollup")
            .flatMap { AvailableMemory.number("Pss:", in: $0) }
            .map { UInt64($0) << 10 }
    }
}
