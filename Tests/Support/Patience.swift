// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Looks again and again until there is nothing (more) to be found, or the time is over; returns what was found last.
///
/// The one place in the tests that lets time pass: what the kernel takes away behind a process that was killed, or
/// behind a thread that has returned, goes without an event that could be waited for. Everything else has
/// one: a gate, a clock, a descriptor.
func remaining<Found>(
    after patience: Duration, isolation: isolated (any Actor)? = #isolation, _ look: () -> [Found]
) async -> [Found] {
    let deadline = ContinuousClock.now.advanced(by: patience)
    var found = look()
    while !found.isEmpty && ContinuousClock.now < deadline {
        try? await Task.sleep(for: .milliseconds(10))
        found = look()
    }
    return found
}

/// The same for a test, with the second that the library's rules give: what is still there then.
public func eventuallyEmpty<Found>(
    isolation: isolated (any Actor)? = #isolation, _ look: () -> [Found]
) async -> [Found] {
    await remaining(after: .seconds(1), look)
}
