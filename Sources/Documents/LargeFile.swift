// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A file that is read in parts, by several workers.
public struct LargeFile: Codable, Sendable, Hashable {
    /// Where it is.
    public let path: String
    let status: FileStatus

    /// How many bytes it had when it was looked at.
    public var byteCount: UInt64 { status.byteCount }

    /// Its parts, which together are the whole file: the last one ends where the file ends.
    ///
    /// - Parameter byteCount: How many bytes each has, the last one excepted.
    public func parts(of byteCount: UInt64) -> [FilePart] {
        let count = max(1, (self.byteCount + byteCount - 1) / byteCount)
        return (0..<count).map { number in
            let end = min(self.byteCount, (number + 1) * byteCount)
            return FilePart(file: self, range: number * byteCount..<end, isLast: number == count - 1)
        }
    }
}

/// A part of a large file.
public struct FilePart: Codable, Sendable, Hashable {
    /// The whole.
    public let file: LargeFile
    /// Its bytes.
    public let range: Range<UInt64>
    let isLast: Bool
}

/// What the system tells of a file.
struct FileStatus: Codable, Sendable, Hashable {
    /// Tells a file from all others of this machine.
    struct Identity: Codable, Sendable, Hashable {
        var device: UInt64
        var number: UInt64
    }

    var byteCount: UInt64
    var identity: Identity
}
