// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The folder that holds `Package.swift`, with symbolic links resolved.
public let packageRoot: String = {
    // This file is Tests/Support/Places.swift. Links are resolved because a target's folder may be a link
    // into the package from elsewhere.
    let file = resolved(#filePath) ?? #filePath
    return file.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/" + $1 }
}()

/// The folder with the notebook's twenty documents and `expected.json`, or `nil` where it is absent.
///
/// It is `LETTERCOUNT_CORPUS`, or else `../shared/corpus` beside the package. Tests that need it are skipped
/// without it: `.enabled(if: corpusFolder != nil, "the corpus is not here")`.
public let corpusFolder: String? = {
    let named = environmentValue("LETTERCOUNT_CORPUS") ?? packageRoot + "/../shared/corpus"
    return resolved(named).flatMap { folder in
        unsafe access(folder + "/expected.json", R_OK) == 0 ? folder : nil
    }
}()

/// The path without links and dots, or `nil` when there is no such file.
public func resolved(_ path: String) -> String? {
    guard let real = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
}

/// A variable of this process's environment.
public func environmentValue(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
}
