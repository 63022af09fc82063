// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Tracing

/// The trace that a task belongs to, in words.
enum TraceWords {
    /// As they came with the work; for a worker without an instrument, which cannot read them but pass them on.
    @TaskLocal static var carried: [String: String]?

    private struct Table: Injector, Extractor {
        func inject(_ value: String, forKey key: String, into words: inout [String: String]) { words[key] = value }
        func extract(key: String, from words: [String: String]) -> String? { words[key] }
    }

    /// Those of the calling task; nil when it belongs to no trace.
    static func current() -> [String: String]? {
        let instrument = InstrumentationSystem.instrument
        guard !(instrument is NoOpInstrument) else { return carried }
        guard let context = ServiceContext.current else { return nil }
        var words: [String: String] = [:]
        instrument.inject(context, into: &words, using: Table())
        return words.isEmpty ? nil : words
    }

    /// The context that the words tell of.
    static func context(_ words: [String: String]) -> ServiceContext {
        var context = ServiceContext.current ?? .topLevel
        InstrumentationSystem.instrument.extract(words, into: &context, using: Table())
        return context
    }

    static func with(_ words: [String: String], _ operation: () -> Void) {
        if words.isEmpty { return operation() }
        ServiceContext.withValue(context(words), operation: operation)
    }
}
