// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc

/// A file descriptor that belongs to its holder: the end of its life closes it.
///
/// Not the number but the ownership is the point, hence noncopyable. Every descriptor of the library is
/// close-on-exec and at least 3, so that none is taken for a standard stream in a process that closed its own.
struct Descriptor: ~Copyable, Sendable {
    let number: Int32

    /// Takes ownership of a descriptor that this process has just received or opened.
    init(owning number: Int32) {
        guard number < 3 else {
            self.number = number
            return
        }
        // A closed standard stream's number was handed out. Without a free number above we keep what we have.
        let higher = mp_duplicate_above(number, 3)
        if higher >= 0 { close(number) }
        self.number = higher >= 0 ? higher : number
    }

    deinit {
        // EINTR must not be retried on Linux: the descriptor is gone already.
        close(number)
    }

    /// Lets reads answer at once. Only for a descriptor whose open file description no other process shares.
    borrowing func makeNonBlocking() throws(SystemError) {
        try SystemCall.checked("make a descriptor non-blocking", mp_set_nonblocking(number))
    }

    /// What swallows everything that is written to it.
    static func nowhere() throws(SystemError) -> Descriptor {
        // The path is a literal.
        Descriptor(owning: try SystemCall.checked("open /dev/null", unsafe mp_open("/dev/null", O_WRONLY, 0)))
    }

    /// Marks a descriptor that was inherited, so that programs started from here do not inherit it again.
    borrowing func closeOnExec() { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }

    /// Hands the number to a new owner without closing it.
    consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }
}

/// Several that have one life.
struct OwnedDescriptors: ~Copyable {
    let numbers: [Int32]

    /// Takes ownership of descriptors that this process has just received.
    init(owning numbers: ArraySlice<Int32>) { self.numbers = numbers.map { Descriptor(owning: $0).release() } }

    deinit { for number in numbers { close(number) } }
}

/// Two ends of one thing.
struct DescriptorPair: ~Copyable, Sendable {
    let first: Descriptor
    let second: Descriptor

    /// Keeps the first and closes the second, which then is another process's only.
    consuming func takeFirst() -> Descriptor { first }

    /// Both, as handles that may travel.
    consuming func handles() -> (DescriptorHandle, DescriptorHandle) {
        (DescriptorHandle(owning: first.release()), DescriptorHandle(owning: second.release()))
    }

    /// A connected pair of Unix sockets.
    static func sockets(_ kind: SocketKind) throws(SystemError) -> DescriptorPair {
        var ends: (Int32, Int32) = (-1, -1)
        let type = kind.rawValue | Int32(SOCK_CLOEXEC.rawValue)
        // The tuple is two adjacent Int32, which is what socketpair writes to.
        _ = try SystemCall.value("make a socket pair") {
            unsafe withUnsafeMutableBytes(of: &ends) { bytes in
                unsafe socketpair(AF_UNIX, type, 0, bytes.assumingMemoryBound(to: Int32.self).baseAddress)
            }
        }
        return DescriptorPair(first: Descriptor(owning: ends.0), second: Descriptor(owning: ends.1))
    }

    /// A pipe: `first` reads what `second` writes.
    static func pipe() throws(SystemError) -> DescriptorPair {
        var ends: (Int32, Int32) = (-1, -1)
        // As above: mp_pipe writes two adjacent Int32.
        let result = unsafe withUnsafeMutableBytes(of: &ends) { bytes in
            unsafe mp_pipe(bytes.assumingMemoryBound(to: Int32.self).baseAddress)
        }
        try SystemCall.checked("make a pipe", result)
        return DescriptorPair(first: Descriptor(owning: ends.0), second: Descriptor(owning: ends.1))
    }
}

/// Whether a socket keeps the borders of messages.
enum SocketKind {
    /// Bytes in order, without borders.
    case stream
    /// One send is one receive.
    case messages

    var rawValue: Int32 {
        switch self {
        case .stream: Int32(SOCK_STREAM.rawValue)
        case .messages: Int32(SOCK_SEQPACKET.rawValue)
        }
    }
}
