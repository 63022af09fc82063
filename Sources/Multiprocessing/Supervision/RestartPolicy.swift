// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// How often workers are started again, and how soon.
///
/// A worker that ends in the middle of work is replaced at once, and its work fails: that is what a pool is for. A worker
/// that ends before it has done anything tells that something is wrong with all of them: then each further start waits
/// longer, and after `maximumFruitlessStarts` in a row the pool gives up what waits. `maximumRestarts` bounds both kinds, as
/// Erlang's supervisors do (intensity and period).
public struct RestartPolicy: Sendable, Hashable {
    /// How many workers may be replaced within `period` before the pool fails for good; nil for any number.
    public var maximumRestarts: Int?

    /// The time in which restarts are counted.
    public var period: Duration

    /// How many workers in a row may end without having done any work.
    public var maximumFruitlessStarts: Int

    /// How long the first start after a fruitless one waits; each further one twice as long.
    public var firstDelay: Duration

    /// The longest wait.
    public var longestDelay: Duration

    /// Any number of restarts, but only three fruitless ones in a row.
    public init(
        maximumRestarts: Int? = nil, within period: Duration = .seconds(5), maximumFruitlessStarts: Int = 3,
        firstDelay: Duration = .milliseconds(10), longestDelay: Duration = .seconds(5)
    ) {
        precondition(maximumFruitlessStarts > 0, "a policy must allow at least one start")
        self.maximumRestarts = maximumRestarts
        self.period = period
        self.maximumFruitlessStarts = maximumFruitlessStarts
        self.firstDelay = firstDelay
        self.longestDelay = longestDelay
    }

    /// The wait before the start that follows so many fruitless ones.
    func delay(after fruitless: Int) -> Duration {
        guard fruitless > 0 else { return .zero }
        return min(longestDelay, firstDelay * (1 << min(fruitless - 1, 20)))
    }
}

/// The restarts of the last period. Pure: the time is the caller's.
struct RestartLedger: Sendable {
    private let most: Int?
    private let period: Int64
    private var times: [Int64] = []

    init(_ policy: RestartPolicy) {
        most = policy.maximumRestarts
        period = policy.period.wholeNanoseconds
    }

    /// Notes a restart; false when it is one too many.
    mutating func note(at now: Int64) -> Bool {
        guard let most else { return true }
        times.removeAll { $0 <= now - period }
        times.append(now)
        return times.count <= most
    }
}
