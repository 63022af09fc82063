// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Why shared memory could not be made, or what was received could not be used.
public enum SharedMemoryError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The system refused; "no space left" means that the memory was not reserved, and nothing has been taken.
    case system(SystemError)

    /// A size that no memory can have.
    case invalidByteCount(Int)

    /// There are not enough huge pages of this size, or none of this size at all.
    case noHugePages(pageByteCount: Int)

    /// A count that no such object can have: of permits, or of parties.
    case invalidCount(Int, of: String)

    /// The memory's size is not sealed, so another process could shrink it under our feet.
    case sizeNotSealed

    /// The memory is smaller than what it is said to hold.
    case tooSmall(expected: Int, found: Int)

    /// The memory holds something else, or a type of another layout.
    case wrongContent(expected: String)

    /// The handle allows reading only.
    case readOnly

    public var description: String {
        switch self {
        case .system(let error): error.description
        case .invalidByteCount(let count): "could not make shared memory: \(count) is no possible number of bytes"
        case .noHugePages(let size):
            """
            could not make shared memory of huge pages of \(size) bytes: too few are free; the administrator sets them aside \
            (/sys/kernel/mm/hugepages), or use .transparentHuge
            """
        case .invalidCount(let count, let what): "could not make an object for processes to share with \(count) \(what)"
        case .sizeNotSealed:
            "refused shared memory whose size is not sealed: its sender could shrink it, which would end this process"
        case .tooSmall(let expected, let found):
            "refused shared memory of \(found) bytes where at least \(expected) are needed"
        case .wrongContent(let expected): "refused shared memory that does not hold \(expected)"
        case .readOnly: "could not write: this handle on shared memory is read-only"
        }
    }
}
