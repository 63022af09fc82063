// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc

/// Wakes who waits for descriptors, also from another process: eventfd(2), watched by its edges, so that nobody has to read
/// it.
struct Doorbell: Sendable {
    let handle: DescriptorHandle

    init() throws(SystemError) {
        let flags = Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK)
        handle = DescriptorHandle(Descriptor(owning: try SystemCall.value("make an eventfd") { eventfd(0, flags) }))
    }

    /// Adopts one that came from another process.
    init(adopting handle: DescriptorHandle) { self.handle = handle }

    /// Rings. It can be rung so often that its count would overflow only in thousands of years.
    func ring() { eventfd_write(handle.number, 1) }
}
