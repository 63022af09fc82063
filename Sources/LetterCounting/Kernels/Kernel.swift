// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A way to count that this processor can run.
///
/// A value is a proof of that: there is none for instructions that the processor does not know or whose registers the
/// system does not save. So it is not `Codable` either. Hand its ``name`` to another process, which looks for itself.
///
/// All kernels find the same counts. The processor is asked once, at the first use.
///
/// ```swift
/// LetterCounter(kernel: .best)                    // what one gets anyway
/// guard let kernel = Kernel(named: "avx2") else { print("here are only \(Kernel.available)") … }
/// ```
public struct Kernel: Sendable, Hashable {
    let instructions: InstructionSet

    /// Not public: whoever calls it has asked the processor before.
    private init(provenFor instructions: InstructionSet) {
        self.instructions = instructions
    }

    /// All that this processor can run, the fastest first and ``portable`` last.
    public static let available: [Kernel] = InstructionSet.allCases.reversed()
        .filter(\.isSupported)
        .map(Kernel.init(provenFor:))

    /// The fastest that this processor can run.
    public static let best: Kernel = available[0]

    /// The one in plain Swift, which every processor can run.
    public static let portable = Kernel(provenFor: .portable)

    /// The kernel of this name, as on the command line, or nothing where this processor cannot run it or there is none.
    ///
    /// The names are `portable`, on x86-64 `sse2`, `avx2`, `avx512`, `avx512-vbmi` and `avx512-gfni`, and on 64-bit ARM `neon`.
    public init?(named name: String) {
        guard let kernel = Self.available.first(where: { $0.name == name }) else { return nil }
        self = kernel
    }

    /// The name that ``init(named:)`` takes.
    public var name: String { instructions.rawValue }
}

extension Kernel: CustomStringConvertible {
    public var description: String { name }
}
