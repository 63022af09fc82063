// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@Suite struct OriginTests {
    @Test func `a failing test shows which behaviours of the peers it covers`() {
        let trait: Origin = .origin("lock_tests.LockTests.test_reacquire", "lock_tests.EventTests.test_notify")
        #expect(trait.tests.count == 2)
        #expect(
            trait.comments.map(\.rawValue) == [
                "covers lock_tests.LockTests.test_reacquire", "covers lock_tests.EventTests.test_notify",
            ])
    }
}
