// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

/// A room of the library names only types of its own and of the rooms below it.
enum RoomRule {
    /// Each room, and the rooms that it may see.
    static let visible: [String: Set<String>] = [
        "System": [],
        "Memory": ["System"],
        "Messages": ["Memory", "System"],
        "Processes": ["Messages", "Memory", "System"],
        "Supervision": ["Processes", "Messages", "Memory", "System"],
        "Pools": ["Supervision", "Processes", "Messages", "Memory", "System"],
    ]

    static func violations(in files: [SourceFile]) -> [Violation] {
        let placed = files.filter { $0.path.hasPrefix("Sources/Multiprocessing/") && $0.isSwift }
        var homes: [String: Set<String>] = [:]
        for file in placed {
            guard let room = room(of: file) else { continue }
            for type in TypeNames.declared(in: file) { homes[type, default: []].insert(room) }
        }
        return placed.flatMap { file -> [Violation] in
            guard let room = room(of: file), let below = visible[room] else {
                return [file.violation(1, "stands in none of the rooms \(visible.keys.sorted())")]
            }
            let own = TypeNames.own(in: file)
            return TypeNames.mentioned(in: file).compactMap { line, name in
                // A name that exists several times is taken for the one that may be seen.
                guard !own.contains(name), let rooms = homes[name], rooms.isDisjoint(with: below.union([room])) else {
                    return nil
                }
                return file.violation(line, "\(room) names \(name) of \(rooms.sorted().joined(separator: ", "))")
            }
        }
    }

    private static func room(of file: SourceFile) -> String? {
        file.folders.count > 2 ? file.folders[2] : nil
    }
}

@Suite struct RoomRuleTests {
    @Test func `the library's rooms see only downwards`() {
        expectNone(RoomRule.violations(in: SourceTree.sources), "arrows go only downwards")
    }

    private static func library(_ files: (String, String)...) -> [SourceFile] {
        files.map { SourceFile("Sources/Multiprocessing/" + $0.0, $0.1) }
    }

    @Test(arguments: [
        library(("System/A.swift", "let a: Pool"), ("Pools/B.swift", "public final class Pool {}")),
        library(("Memory/A.swift", "extension Work {}"), ("Messages/B.swift", "public protocol Work: Sendable {}")),
        library(("Processes/A.swift", "try Supervisor()"), ("Supervision/B.swift", "actor Supervisor {}")),
        library(("System/A.swift", "struct S {}\nlet a: S.Late"), ("Pools/B.swift", "extension S { enum Late {} }")),
        library(("A.swift", "")),
        library(("Cellar/A.swift", "")),
    ])
    func `the rule finds`(_ files: [SourceFile]) {
        #expect(RoomRule.violations(in: files).count == 1)
    }

    @Test(arguments: [
        library(("Pools/A.swift", "let a: Frame"), ("Messages/B.swift", "struct Frame {}")),
        library(("Messages/A.swift", "func a(_: Region) {}"), ("Memory/B.swift", "struct Region: ~Copyable {}")),
        library(("System/A.swift", "// Pool\nlet a = \"Pool\""), ("Pools/B.swift", "final class Pool {}")),
        library(("System/A.swift", "private struct State {}\nlet a: State"), ("Pools/B.swift", "struct State {}")),
        library(("System/A.swift", "let a: Element"), ("Pools/B.swift", "struct Pool {\n  struct Element {}\n}")),
        library(
            ("System/A.swift", "struct S {\n  enum Pool {}\n  let a: Pool\n}"), ("Pools/B.swift", "struct Pool {}")),
        library(("System/A.swift", "let a: Hidden"), ("Pools/B.swift", "fileprivate enum Hidden {}")),
    ])
    func `the rule lets pass`(_ files: [SourceFile]) {
        #expect(RoomRule.violations(in: files).isEmpty)
    }
}
