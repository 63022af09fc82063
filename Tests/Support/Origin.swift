// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

public import Testing

extension Trait where Self == Origin {
    /// The tests of the peers whose behaviour this one covers, as FILE.CLASS.METHOD.
    ///
    ///     @Test("is refused twice", .origin("lock_tests.RLockTests.test_release_unacquired"))
    ///
    /// Each is a line of `Documentation/Conformance/ledger.tsv`. `Scripts/conformance` reads the sources, so the names
    /// are literals. A contract says the same by its `origins`.
    public static func origin(_ tests: String...) -> Self { Self(tests: tests) }
}

/// The trait behind ``Testing/Trait/origin(_:)``; it changes nothing in how a test runs.
public struct Origin: TestTrait {
    public let tests: [String]

    /// Shown where the test fails.
    public var comments: [Comment] { tests.map { "covers \($0)" } }
}
