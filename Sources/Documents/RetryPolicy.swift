// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// When a failed attempt is repeated, and after what pause.
///
/// The pause is random between nothing and a bound that doubles with each attempt: readers that failed together do not
/// come back together. A server that says how long to wait is obeyed, within reason.
struct RetryPolicy: Sendable {
    static let firstBound = 0.5
    static let greatestBound = 20.0

    /// The longest wait that a server can ask for.
    static let greatestRequestedPause = 60.0

    let retries: Int

    /// A number from 0 up to 1, anew at each call.
    let random: @Sendable () -> Double

    init(retries: Int, random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }) {
        self.retries = retries
        self.random = random
    }

    /// The pause before the next attempt, or `nil` if there is to be none.
    ///
    /// - Parameters:
    ///   - failure: How the last attempt ended.
    ///   - attempts: How many there have been, at least 1.
    func pause(after failure: AttemptFailure, attempts: Int) -> Duration? {
        guard failure.isPassing, attempts <= retries else { return nil }
        let bound = min(Self.greatestBound, Self.firstBound * Double(1 << min(attempts - 1, 16)))
        let requested = min(Self.greatestRequestedPause, max(0, failure.requestedPause ?? 0))
        return .seconds(requested + bound * random())
    }

    /// Seconds that a `Retry-After` header asks for: a number of them, or a moment.
    ///
    /// A moment is compared with the `date` header of the same answer, so that this machine's clock may be wrong.
    static func requestedPause(retryAfter: String?, date: String?, now: Int64) -> Double? {
        guard let retryAfter else { return nil }
        if !retryAfter.isEmpty, retryAfter.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return Double(retryAfter)
        }
        guard let moment = HTTPDate.secondsSince1970(retryAfter) else { return nil }
        return Double(moment - (date.flatMap(HTTPDate.secondsSince1970) ?? now))
    }

    /// Whether the server may answer otherwise a little later.
    static func isPassing(status: Int) -> Bool {
        status == 408 || status == 425 || status == 429 || (500...599).contains(status)
    }
}
