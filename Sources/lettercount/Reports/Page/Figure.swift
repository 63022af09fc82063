// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A number on the page, with what a program needs to compare it with the comparison's JSON.
struct Figure: Sendable {
    let value: Double
    /// As the JSON writes it.
    let exact: String
    /// Where the JSON has it: `workloads.0.models.3.seconds.median`. Nil if it is only computed from what the JSON has.
    let key: String?
    /// What is computed, if there is no key.
    let derivation: String?
    let model: String?

    init(_ value: Double, key: String, model: String? = nil) {
        self.value = value
        exact = JSONValue(value).text
        self.key = key
        derivation = nil
        self.model = model
    }

    init(_ value: some FixedWidthInteger, key: String, model: String? = nil) {
        self.value = Double(value)
        exact = "\(value)"
        self.key = key
        derivation = nil
        self.model = model
    }

    init(_ value: Double, derived derivation: String, model: String? = nil) {
        self.value = value
        exact = JSONValue(value).text
        key = nil
        self.derivation = derivation
        self.model = model
    }

    var attributes: Attributes {
        ["data-model": model, "data-key": key, "data-derived": derivation, "data-value": exact]
    }
}

/// Where the JSON has the parts of a comparison.
enum Key {
    static func workload(_ index: Int) -> String { "workloads.\(index)" }
    static func model(_ workload: Int, _ index: Int) -> String { "workloads.\(workload).models.\(index)" }
    static func scaling(_ index: Int) -> String { "scalings.\(index)" }
}
