// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Decides which requests fail.
///
/// Requests are numbered in the order of their arrival, and the failures are spread evenly over the numbers: of every 100
/// consecutive requests exactly `percent` fail, with 30 for instance the 4th, 7th and 10th of every ten. Dice would
/// make a test that fails once a week.
final class FailurePattern: Sendable {
    private let percent: Int
    private let requests = Atomic(0)

    init(percent: Int) {
        self.percent = percent
    }

    /// Whether the request that has just arrived is to fail; counts it.
    func nextFails() -> Bool {
        let number = requests.wrappingAdd(1, ordering: .relaxed).oldValue
        return Self.fails(request: number, percent: percent)
    }

    /// Whether the request with this number, the first being 0, is to fail.
    static func fails(request number: Int, percent: Int) -> Bool {
        // The percentage of a hundred is a whole number, so the pattern repeats after one.
        let position = number % 100
        return (position + 1) * percent / 100 > position * percent / 100
    }
}
