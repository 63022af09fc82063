// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CLetterKernels

/// The sets of instructions that a kernel is written for, of each architecture from the slowest to the fastest; whether the
/// processor knows them is another question.
enum InstructionSet: String, CaseIterable, Sendable {
    case portable
    case neon
    case sse2
    case avx2
    case avx512
    case avx512VBMI = "avx512-vbmi"
    case avx512GFNI = "avx512-gfni"

    /// The kernel in C; none where Swift itself counts.
    var vector: lk_kernel? {
        switch self {
        case .portable: nil
        case .neon: LK_NEON
        case .sse2: LK_SSE2
        case .avx2: LK_AVX2
        case .avx512: LK_AVX512
        case .avx512VBMI: LK_AVX512_VBMI
        case .avx512GFNI: LK_AVX512_GFNI
        }
    }

    /// Asks the processor.
    var isSupported: Bool { vector.map(lk_is_supported) ?? true }
}
