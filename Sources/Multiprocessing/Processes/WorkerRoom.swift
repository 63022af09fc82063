// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What a worker that serves many pieces of work is given beside its socket: memory, and a bell that it rings in the
/// parent.
struct WorkerRoom: Sendable {
    let memory: WorkerMemory
    let bell: Doorbell
    private let file: MemoryFile

    /// - Parameter depth: How many workers are above the one that is to be started, itself included.
    init(depth: UInt32) throws(SystemError) {
        (memory, file) = try WorkerMemory.make()
        bell = try Doorbell()
        memory.depth.store(depth)
    }

    /// What the worker is told first.
    var invitation: MessageBody {
        var frame = Frame.begin(.memory)
        frame.handles = [bell.handle, file.descriptor]
        Frame.finish(&frame)
        return frame
    }
}
