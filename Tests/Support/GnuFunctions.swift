// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Functions of glibc that its Swift module leaves out, because they need `_GNU_SOURCE`.
///
/// They are looked up by name: a C target for four declarations would cost the package more.
enum GnuFunctions {
    typealias Pipe2 = @convention(c) (UnsafeMutablePointer<Int32>, Int32) -> Int32
    typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
    typealias ChangeFolder =
        @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafePointer<CChar>) -> Int32

    // Each type is the C declaration of the function that is looked up.
    static let pipe2 = unsafe unsafeBitCast(address(of: "pipe2"), to: Pipe2.self)
    static let addCloseFrom = unsafe unsafeBitCast(
        address(of: "posix_spawn_file_actions_addclosefrom_np"), to: CloseFrom.self)
    static let addChangeFolder = unsafe unsafeBitCast(
        address(of: "posix_spawn_file_actions_addchdir_np"), to: ChangeFolder.self)

    private static func address(of name: String) -> UnsafeMutableRawPointer {
        guard let address = unsafe dlsym(nil, name) else {
            fatalError("the C library has no \(name): the tests need glibc 2.34 or newer")
        }
        return unsafe address
    }
}
