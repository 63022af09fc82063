// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Which files of a folder are wanted.
struct FileFilter: Sendable, Hashable {
    private let includes: [Glob]
    private let excludes: [Glob]

    init(including includes: [String] = [], excluding excludes: [String] = []) throws(SourceError) {
        self.includes = try Self.globs(includes)
        self.excludes = try Self.globs(excludes)
    }

    /// Whether there is nothing to be looked at.
    var takesAll: Bool { includes.isEmpty && excludes.isEmpty }

    /// `path` is relative to the folder that the user named, `name` is its last part.
    func takesFile(name: String, path: String) -> Bool {
        (includes.isEmpty || Self.matches(includes, name: name, path: path)) && entersFolder(name: name, path: path)
    }

    /// Whether nothing excludes it: a file in a folder may be included whatever the folder is called.
    func entersFolder(name: String, path: String) -> Bool {
        !Self.matches(excludes, name: name, path: path)
    }

    private static func matches(_ globs: [Glob], name: String, path: String) -> Bool {
        globs.contains { $0.matches($0.isForPaths ? path : name) }
    }

    private static func globs(_ patterns: [String]) throws(SourceError) -> [Glob] {
        var globs: [Glob] = []
        for pattern in patterns { globs.append(try Glob(pattern)) }
        return globs
    }
}
