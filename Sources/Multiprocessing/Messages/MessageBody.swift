// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A message that is being made: bytes, and the handles that go beside them.
@usableFromInline struct MessageBody: Sendable {
    @usableFromInline var bytes: [UInt8] = []
    /// Held until the message has been sent: then the kernel holds what is under way.
    @usableFromInline var handles: [DescriptorHandle] = []

    @inlinable init(bytes: [UInt8] = [], handles: [DescriptorHandle] = []) {
        self.bytes = bytes
        self.handles = handles
    }
}

/// A message that has come.
@usableFromInline struct ReceivedBody: Sendable {
    @usableFromInline var bytes: ArraySlice<UInt8>
    @usableFromInline var descriptors = ReceivedDescriptors()

    @usableFromInline init(bytes: ArraySlice<UInt8>, descriptors: ReceivedDescriptors = ReceivedDescriptors()) {
        self.bytes = bytes
        self.descriptors = descriptors
    }

    /// The same message without what has been read of it.
    func dropFirst(_ count: Int) -> ReceivedBody {
        ReceivedBody(bytes: bytes.dropFirst(count), descriptors: descriptors)
    }
}

/// Collects the handles of one message, through all of its containers.
@usableFromInline final class Attachments {
    @usableFromInline private(set) var handles: [DescriptorHandle] = []

    @usableFromInline init() {}

    /// Adds a handle, once however often the message holds it; its place.
    func attach(_ handle: DescriptorHandle) throws(HandleCodingError) -> Int {
        // A linear search: there are few.
        if let index = handles.firstIndex(where: { $0.isSame(as: handle) }) { return index }
        guard handles.count < DescriptorTransfer.mostAtOnce else {
            throw .tooMany(limit: DescriptorTransfer.mostAtOnce)
        }
        handles.append(handle)
        return handles.count - 1
    }
}

extension ReceivedDescriptors {
    /// The handle with this number in its message.
    func handle(at index: Int) throws(HandleCodingError) -> DescriptorHandle {
        guard handles.indices.contains(index) else { throw lost(index) }
        return handles[index]
    }

    /// Why this one is not here.
    func lost(_ index: Int) -> HandleCodingError {
        areIncomplete ? .noDescriptorsLeft(index: index) : .missing(index: index)
    }
}
