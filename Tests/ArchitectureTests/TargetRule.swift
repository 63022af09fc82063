// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

/// The targets do not know one another; the tool alone knows them all. The products that tie the library to the
/// ecosystem know the library, and it knows none of them.
enum TargetRule {
    private static let ours: Set = [
        "CMultiprocessing", "Multiprocessing", "LetterCounting", "CLetterKernels", "Documents", "CMappedFiles",
        "CorpusServer", "lettercount", "MultiprocessingObservability", "MultiprocessingServices", "TestSupport",
        "Probe",
    ]

    /// Which of our own targets each target may import; one that is not listed may import none.
    private static let visible: [String: Set<String>] = [
        "Multiprocessing": ["CMultiprocessing"],
        "MultiprocessingObservability": ["Multiprocessing"],
        "MultiprocessingServices": ["Multiprocessing"],
        "LetterCounting": ["CLetterKernels"],
        "Documents": ["CMappedFiles"],
        "lettercount": ["Multiprocessing", "LetterCounting", "Documents", "CorpusServer"],
    ]

    /// Targets that need nothing but the language, so that others can take them over without any package.
    private static let selfContained: Set = ["Multiprocessing", "LetterCounting"]
    private static let language: Set = ["Swift", "Synchronization", "_Concurrency", "_Builtin_float"]
    /// The system's modules: which room may import them is the platform rule's business.
    private static let system: Set = ["Glibc", "Musl", "Darwin", "Android"]

    static func violations(in file: SourceFile) -> [Violation] {
        guard file.isSwift, file.folders.count > 1, file.folders[0] == "Sources" else { return [] }
        let target = file.folders[1]
        return file.imports.compactMap { line, module in
            if ours.contains(module) {
                let allowed = visible[target]?.contains(module) ?? false
                return allowed ? nil : file.violation(line, "\(target) imports \(module)")
            }
            if selfContained.contains(target) && !language.union(system).contains(module) {
                return file.violation(line, "\(target) imports \(module) beside the standard library")
            }
            return nil
        }
    }
}

@Suite struct TargetRuleTests {
    @Test func `the targets do not know one another`() {
        expectNone(SourceTree.sources.flatMap(TargetRule.violations), "walls between targets")
    }

    @Test(arguments: [
        ("LetterCounting/A.swift", "import Documents"),
        ("LetterCounting/Kernels/A.swift", "import Algorithms"),
        ("LetterCounting/A.swift", "import Dispatch"),
        ("Documents/A.swift", "public import Multiprocessing"),
        ("CorpusServer/A.swift", "import LetterCounting"),
        ("Multiprocessing/Pools/A.swift", "import LetterCounting"),
        ("Multiprocessing/Pools/A.swift", "import Logging"),
        ("Multiprocessing/Pools/A.swift", "import MultiprocessingObservability"),
        ("MultiprocessingServices/A.swift", "import MultiprocessingObservability"),
        ("Documents/A.swift", "@testable import lettercount"),
        ("lettercount/A.swift", "import TestSupport"),
    ])
    func `the rule finds`(_ path: String, _ text: String) {
        #expect(TargetRule.violations(in: SourceFile("Sources/" + path, text)).count == 1)
    }

    @Test(arguments: [
        ("LetterCounting/A.swift", "import Synchronization"),
        ("Documents/A.swift", "import AsyncHTTPClient\nimport NIOCore"),
        ("CorpusServer/A.swift", "public import Hummingbird"),
        ("Multiprocessing/System/A.swift", "import CMultiprocessing\nimport Glibc"),
        ("MultiprocessingServices/A.swift", "public import Multiprocessing\nimport ServiceLifecycle"),
        ("lettercount/A.swift", "import Documents\nimport ArgumentParser\nimport Multiprocessing"),
    ])
    func `the rule lets pass`(_ path: String, _ text: String) {
        #expect(TargetRule.violations(in: SourceFile("Sources/" + path, text)).isEmpty)
    }
}
