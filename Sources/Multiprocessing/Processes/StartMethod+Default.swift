// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension StartMethod {
    /// The method that is taken on this machine where none is named.
    public static let `default` = StartMethod.default(on: .current)

    /// The method that is taken on a machine where none is named.
    ///
    /// Rules, in this order:
    /// 1. A method that is named is taken, or refused with its reason; never is another one taken instead.
    /// 2. `.forkServer` where a server can be had (``Machine/canServeForks``): as fast as a fork, whatever this process's
    ///    threads and size.
    /// 3. `.spawn` where not: it needs nothing but the start of a program.
    /// 4. `.fork` only by rule 1: it has conditions, which the program's author knows and the library does not.
    public static func `default`(on machine: Machine) -> StartMethod {
        machine.canServeForks ? .forkServer : .spawn
    }
}
