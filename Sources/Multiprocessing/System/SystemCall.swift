// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The one place where the C library's results become Swift's: -1 and `errno` become a thrown `SystemError`, and a call
/// that a signal interrupted is repeated.
enum SystemCall {
    /// Runs a C library call that answers -1 on failure.
    static func value<Result: SignedInteger>(
        _ operation: @autoclosure () -> String, _ call: () -> Result
    ) throws(SystemError) -> Result {
        while true {
            let result = call()
            if result != -1 { return result }
            if errno != EINTR { throw SystemError(operation(), code: errno) }
        }
    }

    /// Checks a call of our own C half, which answers -errno on failure.
    @discardableResult
    static func checked<Result: SignedInteger>(
        _ operation: @autoclosure () -> String, _ result: Result
    ) throws(SystemError) -> Result {
        if result < 0 { throw SystemError(operation(), code: Int32(-result)) }
        return result
    }

    /// Checks a pthread call, which answers an error number.
    static func succeeded(_ operation: @autoclosure () -> String, _ error: Int32) throws(SystemError) {
        if error != 0 { throw SystemError(operation(), code: error) }
    }
}
