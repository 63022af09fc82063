// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Documents

@Suite struct RetryPolicyTests {
    private let passing = AttemptFailure.passing(.truncated)

    @Test func `the bound of the pause doubles up to its greatest`() {
        let policy = RetryPolicy(retries: 100, random: { 1 })
        let pauses = (1...8).map { policy.pause(after: passing, attempts: $0) }
        #expect(pauses == [0.5, 1, 2, 4, 8, 16, 20, 20].map { .seconds($0) })
        #expect(policy.pause(after: passing, attempts: 100) == .seconds(20))
    }

    @Test func `the pause is random between nothing and the bound`() {
        let policy = RetryPolicy(retries: 3)
        let pauses = (0..<100).compactMap { _ in policy.pause(after: passing, attempts: 3) }
        #expect(pauses.count == 100)
        #expect(pauses.allSatisfy { $0 >= .zero && $0 < .seconds(2) })
        #expect(Set(pauses).count > 50)
    }

    @Test func `there are as many pauses as retries`() {
        let policy = RetryPolicy(retries: 2, random: { 0 })
        #expect((1...4).map { policy.pause(after: passing, attempts: $0) } == [.zero, .zero, nil, nil])
        #expect(RetryPolicy(retries: 0).pause(after: passing, attempts: 1) == nil)
        #expect(RetryPolicy(retries: -1).pause(after: passing, attempts: 1) == nil)
        #expect(policy.pause(after: .final(.redirectLoop), attempts: 1) == nil)
    }

    @Test func `what a server asks for comes on top, up to a minute`() {
        let policy = RetryPolicy(retries: 2, random: { 0.5 })
        let pauses = [3, -5, 1e300, .infinity].map { seconds in
            var failure = passing
            failure.requestedPause = seconds
            return policy.pause(after: failure, attempts: 1)
        }
        #expect(pauses == [3.25, 0.25, 60.25, 60.25].map { .seconds($0) })
    }

    @Test func `a moment to wait for is compared with the server's clock, else with ours`() {
        let moment = "Sun, 06 Nov 1994 08:49:37 GMT"
        func pause(_ retryAfter: String?, date: String? = nil) -> Double? {
            RetryPolicy.requestedPause(retryAfter: retryAfter, date: date, now: 784_111_770)
        }
        #expect(pause(moment) == 7)
        #expect(pause(moment, date: "Sun, 06 Nov 1994 08:49:30 GMT") == 7)
        #expect(pause(moment, date: "Sun, 06 Nov 1994 08:00:37 GMT") == 2940)
        #expect(pause("120") == 120)
        #expect(pause("") == nil)
        #expect(pause("-1") == nil)
        #expect(pause("soon") == nil)
        #expect(pause(nil) == nil)
    }

    @Test(arguments: [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
        ("Sun Nov  6 08:49:37 1994", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799), ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
        ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800), ("Monday, 09-Nov-26 00:00:00 GMT", 1_794_182_400),
    ])
    func `a date is understood in its three forms`(text: String, seconds: Int64) {
        #expect(HTTPDate.secondsSince1970(text) == seconds)
    }

    @Test(arguments: [
        "", "now", "Sun, 06 Nov 1994 08:49:37 PST", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov 94x 08:49:37 GMT",
    ])
    func `what is no date is none`(text: String) {
        #expect(HTTPDate.secondsSince1970(text) == nil)
    }
}
