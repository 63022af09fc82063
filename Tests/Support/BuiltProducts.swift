// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The executables of this package that were built together with the running tests.
public enum BuiltProducts {
    /// The path of a built executable, beside the test bundle that runs.
    ///
    /// The test target must depend on the executable's target, or else nothing builds it.
    public static func path(of name: String) throws(MissingProduct) -> String {
        let path = folder + "/" + name
        guard unsafe access(path, X_OK) == 0 else { throw MissingProduct(name: name, folder: folder) }
        return path
    }

    /// The folder of the test bundle. On Linux the bundle is an executable file.
    public static let folder: String = {
        let executable = resolved("/proc/self/exe") ?? "/"
        return executable.split(separator: "/").dropLast().reduce(into: "") { $0 += "/" + $1 }
    }()
}

/// An executable that should stand beside the tests is not there.
public struct MissingProduct: Error, CustomStringConvertible {
    public let name: String
    public let folder: String

    public var description: String {
        "no executable \(name) in \(folder): let the test target depend on it, or run `swift build --product \(name)`"
    }
}
