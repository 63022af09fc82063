// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

@testable import Multiprocessing

/// Makes handles out of whatever somebody might send.
enum Forging {
    /// What a value of one type says when it is read as another, in a message with handles.
    static func received<Sent: Codable & Sendable, Received: Codable & Sendable>(
        _ value: Sent, as type: Received.Type
    ) throws -> Received {
        var body = MessageBody()
        try MessageCoding<Sent>.codable().encode(value, into: &body)
        let descriptors = try body.handles.map { try DescriptorHandle(duplicating: $0.number) }
        return try MessageCoding<Received>.codable().decode(
            ReceivedBody(bytes: body.bytes[...], descriptors: ReceivedDescriptors(handles: descriptors)))
    }

    /// The same value as another process would get it.
    static func copy<Value: Codable & Sendable>(_ value: Value) throws -> Value { try received(value, as: Value.self) }

    /// Memory as `SharedMemory` wants it, but for what the caller leaves out.
    static func file(
        byteCount: Int, seals: MemoryFile.Seals = [.shrink, .grow], isReserved: Bool = true
    ) throws -> MemoryFile {
        let file = try MemoryFile()
        if isReserved { try file.grow(to: byteCount) } else { try file.size(to: byteCount) }
        try file.seal(seals)
        return file
    }

    /// The writing end of a pipe, whose other end stays open.
    static func pipe() throws -> (reading: DescriptorHandle, writing: DescriptorHandle) {
        let pair = try DescriptorPair.pipe()
        let reading = try DescriptorHandle(duplicating: pair.first.number)
        return (reading, try DescriptorHandle(duplicating: pair.second.number))
    }
}

/// What a handle on shared memory looks like in a message.
struct ForgedMemory: Codable, Sendable {
    var bytes: DescriptorHandle
    var control: DescriptorHandle
    var byteCount: Int
}
