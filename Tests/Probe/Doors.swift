// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// Two pipes between the probe and its works: each work says that it has begun, then waits until the probe lets all go.
struct Doors: Sendable {
    private let arrivals: (read: DescriptorHandle, write: DescriptorHandle)
    private let gate: (read: DescriptorHandle, write: Int32)

    init() {
        let first = Self.pipe()
        arrivals = (DescriptorHandle(owning: first.read), DescriptorHandle(owning: first.write))
        let ends = Self.pipe()
        gate = (DescriptorHandle(owning: ends.read), ends.write)
        // No worker may hold the end whose closing opens the gate.
        _ = fcntl(gate.write, F_SETFD, FD_CLOEXEC)
    }

    func work(_ number: Int) -> Passing { Passing(number: number, arrival: arrivals.write, gate: gate.read) }

    /// Work that never ends by itself, also when this program is gone.
    func stay() -> Staying { Staying(arrival: arrivals.write) }

    /// Waits until so many works have begun.
    func awaitArrivals(_ count: Int) {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        var missing = count
        while missing > 0 {
            // Reads at most as many bytes as the array has.
            let arrived = unsafe read(arrivals.read.number, &bytes, min(missing, bytes.count))
            if arrived <= 0 { ProbeEnd.now(3) }
            missing -= arrived
        }
    }

    func open() { close(gate.write) }

    private static func aboveStreams(_ descriptor: Int32) -> Int32 {
        if descriptor > 2 { return descriptor }
        defer { close(descriptor) }
        return fcntl(descriptor, F_DUPFD, 3)
    }

    private static func pipe() -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        // Fills in the two numbers.
        guard unsafe Glibc.pipe(&ends) == 0 else { ProbeEnd.now(3) }
        // Where a standard stream is closed its number is free, and a fork keeps the standard streams.
        return (aboveStreams(ends[0]), aboveStreams(ends[1]))
    }
}

/// Squares its number when it is let go.
struct Passing: Work {
    var number: Int
    var arrival: DescriptorHandle
    var gate: DescriptorHandle

    func run() -> Int {
        var byte: UInt8 = 0
        // One byte each way: the first says that this work is here, the second never comes.
        _ = unsafe write(arrival.number, &byte, 1)
        while unsafe read(gate.number, &byte, 1) < 0 {}
        return number * number
    }
}

struct Staying: Work {
    var arrival: DescriptorHandle

    func run() {
        var byte: UInt8 = 0
        // One byte of this variable.
        _ = unsafe write(arrival.number, &byte, 1)
        while true { pause() }
    }
}
