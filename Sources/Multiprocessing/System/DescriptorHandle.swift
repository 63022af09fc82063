// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc

/// A file descriptor that may travel: as a field of a work or of a message, at any depth.
///
/// The receiver gets a descriptor of its own for the same open file (so both share its offset), whatever the start
/// method. The descriptor is closed when its last copy in a process goes; every copy in every process has to
/// go before the kernel closes the file. It is close-on-exec.
///
/// It can be encoded into messages of this library only; any other coder gets `HandleCodingError.notAMessage`.
/// For memory, locks, queues and channels use their own types, which travel in the same way.
public struct DescriptorHandle: Sendable {
    private final class Box: Sendable {
        let descriptor: Descriptor
        init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
    }

    private let box: Box

    init(_ descriptor: consuming Descriptor) { box = Box(descriptor) }

    /// Takes ownership of an open descriptor: it must not be used or closed by anybody else from now on.
    public init(owning number: Int32) {
        let descriptor = Descriptor(owning: number)
        descriptor.closeOnExec()
        self.init(descriptor)
    }

    /// Duplicates an open descriptor, which stays its owner's.
    ///
    /// - Throws: `EBADF` when it is not open, `EMFILE` when this process has used up its descriptors.
    public init(duplicating number: Int32) throws(SystemError) {
        let copy = try SystemCall.checked("duplicate descriptor \(number)", mp_duplicate_above(number, 3))
        self.init(Descriptor(owning: copy))
    }

    /// The descriptor's number in this process; valid while this value, or a copy of it, lives.
    public var number: Int32 { box.descriptor.number }

    /// Whether both are the same descriptor of this process.
    func isSame(as other: DescriptorHandle) -> Bool { box === other.box }
}

extension DescriptorHandle: CustomStringConvertible {
    public var description: String { "descriptor \(number)" }
}

extension DescriptorHandle: Codable {
    public init(from decoder: any Decoder) throws {
        guard let supplier = decoder as? any DescriptorSupplier else { throw HandleCodingError.notAMessage }
        let index = try decoder.singleValueContainer().decode(Int.self)
        self = try supplier.descriptor(at: index)
    }

    public func encode(to encoder: any Encoder) throws {
        guard let carrier = encoder as? any DescriptorCarrier else { throw HandleCodingError.notAMessage }
        let index = try carrier.attach(self)
        var container = encoder.singleValueContainer()
        try container.encode(index)
    }
}

/// An encoder whose messages carry descriptors beside their bytes.
protocol DescriptorCarrier: Encoder {
    /// Adds a descriptor to the message; its place among them.
    func attach(_ handle: DescriptorHandle) throws -> Int
}

/// A decoder of such messages.
protocol DescriptorSupplier: Decoder {
    func descriptor(at index: Int) throws -> DescriptorHandle
}

/// Why a handle could not travel.
public enum HandleCodingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The coder writes something that outlives this moment, a file for example, where a handle has no meaning.
    case notAMessage

    /// The message does not carry the descriptor that it speaks of.
    case missing(index: Int)

    /// The message carried it, but this process could not take it in.
    case noDescriptorsLeft(index: Int)

    /// It is something else than what the message says.
    case wrongKind(expected: String)

    /// The channel's messages have a format of the user's own, which did not travel with the handle: say which by
    /// `coded(by:)`.
    case unknownFormat

    /// It had been closed or finished before it was sent.
    case closed

    /// More handles in one message than can be sent at once.
    case tooMany(limit: Int)

    public var description: String {
        switch self {
        case .notAMessage:
            """
            could not encode or decode a handle: it means something only in messages of this library (works, outputs, channels, \
            connections), not in other formats and not in a shared queue
            """
        case .missing(let index): "could not decode a handle: the message carries no descriptor number \(index)"
        case .noDescriptorsLeft(let index):
            """
            could not receive a handle, number \(index) of its message: this process has used up its descriptors; raise \
            `ulimit -n` or keep fewer open
            """
        case .wrongKind(let expected): "could not receive a handle: the descriptor that came is not \(expected)"
        case .unknownFormat:
            """
            could not code a message: this channel's handle has travelled, but its format, which is not one of the library's, \
            has not; say which it is by `coded(by:)`
            """
        case .closed: "could not send a handle: it had been closed or finished before"
        case .tooMany(let limit): "could not encode a message: it has more than \(limit) handles; send them in several"
        }
    }
}
