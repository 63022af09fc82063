// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Why memory with a name could not be made, found or used.
public enum NamedSharedMemoryError: Error, Sendable, Hashable, CustomStringConvertible {
    /// No name of memory: empty, too long, with a zero or a slash inside, or one that this library uses for its records.
    case invalidName(String)

    /// A size that no memory can have.
    case invalidByteCount(Int)

    /// There is memory of this name, and its owner lives or is not known.
    case nameTaken(String)

    /// There is no memory of this name.
    case notFound(String)

    /// Whoever makes it has not given it its size yet, or it is no memory.
    case notReady(String)

    /// This process did not make it.
    case notOwner(String)

    /// Somebody has made it smaller since it was mapped.
    case shrunk(String)

    /// The system refused.
    case system(SystemError)

    public var description: String {
        switch self {
        case .invalidName(let name):
            """
            could not use "\(name)" as a name of shared memory: at most \(SegmentName.mostBytes) bytes, without a slash inside, \
            and not the name of an owner's record
            """
        case .invalidByteCount(let count): "could not make shared memory: \(count) is no possible number of bytes"
        case .nameTaken(let name):
            "could not make shared memory \(name): there is one of this name; attach to it, or use another name"
        case .notFound(let name): "could not find shared memory \(name): it was never made, or somebody has removed it"
        case .notReady(let name): "could not attach to shared memory \(name): it has no size yet; try again"
        case .notOwner(let name): "could not change the name of shared memory \(name): it was made by another process"
        case .shrunk(let name): "could not use shared memory \(name): another process has made it smaller"
        case .system(let error): error.description
        }
    }
}
