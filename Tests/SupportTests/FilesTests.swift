// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@Suite(.leavesNothingBehind) struct FilesTests {
    @Test func `a temporary folder is there and then gone, links not followed`() throws {
        try withTemporaryDirectory { other in
            try TestFile.write("kept", to: other + "/kept")
            let path = try withTemporaryDirectory { path in
                try TestFile.write("text", to: path + "/a/b/c.txt")
                let linked = unsafe symlink(other, path + "/link")
                #expect(linked == 0)
                #expect(TestFile.names(in: path) == ["a", "link"])
                #expect(try TestFile.text(path + "/a/b/c.txt") == "text")
                return path
            }
            #expect(resolved(path) == nil)
            #expect(try TestFile.text(other + "/kept") == "kept")
        }
    }

    @Test func `a missing file is an error that names it`() throws {
        let error = #expect(throws: TestFileError.self) { try TestFile.read("/nowhere") }
        #expect(error?.description == "cannot open /nowhere: No such file or directory")
    }

    @Test func `the package's root holds its manifest`() throws {
        #expect(try TestFile.text(packageRoot + "/Package.swift").contains("swift-multiprocessing"))
    }

    @Test func `a missing product is named with its folder`() throws {
        let error = #expect(throws: MissingProduct.self) { try BuiltProducts.path(of: "no-such-tool") }
        #expect(error?.description.contains(BuiltProducts.folder) == true)
    }

    @Test func `the libraries of this very program are read`() throws {
        let libraries = try LinkedLibraries.needed(by: "/proc/self/exe")
        #expect(libraries.contains { $0.hasPrefix("libc.so") })
    }

    @Test(arguments: ["#!/bin/sh\n", "\u{7f}ELF\u{2}\u{1}", ""])
    func `what is no executable is refused`(_ text: String) throws {
        try withTemporaryDirectory { path in
            try TestFile.write(text, to: path + "/file")
            #expect(throws: NotAnElfFile.self) { try LinkedLibraries.needed(by: path + "/file") }
        }
    }
}
