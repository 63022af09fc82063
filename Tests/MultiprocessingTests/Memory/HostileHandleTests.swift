// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import Multiprocessing

@Suite("A handle on shared memory that is not what it says", .leavesNothingBehind)
struct HostileHandleTests {
    @Test("is refused where bytes are expected")
    func memory() throws {
        let control = try MemoryControl().object.descriptor
        let good = try Forging.file(byteCount: 8192)
        func refusal(
            _ bytes: DescriptorHandle, _ byteCount: Int = 8192, control other: DescriptorHandle? = nil
        ) -> SharedMemoryError? {
            let forged = ForgedMemory(bytes: bytes, control: other ?? control, byteCount: byteCount)
            do {
                _ = try Forging.received(forged, as: SharedMemory.self)
                return nil
            } catch {
                return error as? SharedMemoryError
            }
        }
        #expect(refusal(good.descriptor) == nil)
        #expect(refusal(good.descriptor, 8193) == .tooSmall(expected: 8193, found: 8192))
        #expect(refusal(good.descriptor, 0) == .invalidByteCount(0))
        #expect(refusal(good.descriptor, -1) == .invalidByteCount(-1))
        #expect(refusal(good.descriptor, .max) == .invalidByteCount(.max))
        #expect(refusal(try Forging.file(byteCount: 8192, seals: [.grow]).descriptor) == .sizeNotSealed)
        #expect(
            refusal(try Forging.file(byteCount: 8192, isReserved: false).descriptor)
                == .tooSmall(expected: 8192, found: 0))
        let pipe = try Forging.pipe()
        for end in [pipe.reading, pipe.writing] {
            #expect(refusal(end) == .sizeNotSealed)
            #expect(refusal(good.descriptor, control: end) != nil)
        }
        #expect(refusal(good.descriptor, control: good.descriptor) != nil)
        #expect(refusal(good.descriptor, control: try good.reopenedReadOnly().descriptor) == .readOnly)
        // A file on disk, and a device.
        for path in ["/proc/self/exe", "/dev/zero"] {
            #expect(refusal(DescriptorHandle(owning: unsafe open(path, O_RDONLY))) == .sizeNotSealed)
        }
    }

    @Test("is refused by every typed view, which also refuse one another")
    func views() throws {
        let atomic = try SharedAtomic(1)
        let array = try SharedAtomicArray([1, 2])
        let value = try SharedValue(1)
        let counter = try SharedCounter()
        let elements = try SharedArray([1, 2])
        let pipe = try Forging.pipe()
        let handles = [
            atomic.object.descriptor, array.object.descriptor, value.memory.object.descriptor,
            counter.object.descriptor, elements.memory.object.descriptor, pipe.reading, pipe.writing,
            try Forging.file(byteCount: 4096).descriptor, try Forging.file(byteCount: 1).descriptor,
            try Forging.file(byteCount: 1 << 20, seals: []).descriptor,
            try atomic.object.file.reopenedReadOnly().descriptor,
        ]
        #expect(accepting(handles, SharedAtomic<Int>.self) == [0])
        #expect(accepting(handles, SharedAtomicArray<Int>.self) == [1])
        #expect(accepting(handles, SharedValue<Int>.self) == [2])
        #expect(accepting(handles, SharedCounter.self) == [3])
        #expect(accepting(handles, SharedArray<Int>.self) == [4])
        // Not even another type of the same size.
        #expect(accepting(handles, SharedAtomic<UInt>.self) == [])
        #expect(accepting(handles, SharedAtomicArray<Int32>.self) == [])
        #expect(accepting(handles, SharedValue<Double>.self) == [])
        #expect(accepting(handles, SharedArray<UInt>.self) == [])
        #expect(throws: SharedMemoryError.readOnly) { try Forging.received(handles[10], as: SharedAtomic<Int>.self) }
    }

    private func accepting<View: Codable & Sendable>(_ handles: [DescriptorHandle], _ type: View.Type) -> [Int] {
        handles.indices.filter { (try? Forging.received(handles[$0], as: type)) != nil }
    }

    @Test("is refused with any head whatever, and what is accepted stays within its memory", arguments: 0..<4)
    func heads(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let array = try SharedArray(repeating: UInt64(5), count: 100)
        let atomics = try SharedAtomicArray(repeating: UInt64(5), count: 100)
        let counter = try SharedCounter()
        for _ in 0..<500 {
            for object in [array.memory.object, atomics.object, counter.object] {
                // Another number somewhere in the head, or where a counter keeps its own.
                let place = Int(random.next() % 10) * 8
                let before = object.mapping.wideWord(at: place).value
                let wild = [random.next(), random.next() % 4096, before &+ 8, before &- 8, before << 32, .max, 0]
                object.mapping.wideWord(at: place).store(wild[Int(random.next() % 7)])
                defer { object.mapping.wideWord(at: place).store(before) }
                if let forged = try? Forging.received(object.descriptor, as: SharedAtomicArray<UInt64>.self) {
                    #expect(forged.values.count == forged.count && forged.count <= 504)
                }
                if let forged = try? Forging.received(object.descriptor, as: SharedArray<UInt64>.self), place != 64 {
                    // Or its lock says that somebody died.
                    #expect((try? forged.elements().count) ?? 0 <= 502)
                }
                if let forged = try? Forging.received(object.descriptor, as: SharedCounter.self) {
                    forged.add()
                    _ = forged.claimShard()
                    _ = forged.total
                }
            }
        }
    }
}
