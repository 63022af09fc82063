// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Vector kernels that count letters and bytes. They are in C because Swift's own SIMD types compare masks lane by
// lane, and because no function of Swift can be compiled for another processor than its neighbours.

#ifndef CLETTERKERNELS_H
#define CLETTERKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The instruction sets that have a kernel, of each architecture from the slowest to the fastest.
typedef enum {
    LK_SSE2,
    LK_AVX2,
    LK_AVX512,
    LK_AVX512_VBMI,
    LK_AVX512_GFNI,
    LK_NEON,
} lk_kernel;

/// Whether this processor and its system can run the kernel. It asks the processor each time, which costs microseconds
/// in a virtual machine: keep the answer.
bool lk_is_supported(lk_kernel kernel);

/// Adds how often each of the 26 letters, both cases as one, occurs in the bytes.
///
/// It reads nothing outside the bytes, of which there may be any number at any address. A kernel that is not supported
/// must not be asked for: it traps, or meets an instruction that the processor does not know.
void lk_count_letters(lk_kernel kernel, const uint8_t *bytes, size_t count, uint64_t *letters);

/// From how many bytes on the kernel counts all byte values faster than tables, which need no vectors; PTRDIFF_MAX where never,
/// since Swift takes a size for a signed number.
size_t lk_worthwhile_byte_count(lk_kernel kernel);

/// Adds how often each of the 256 byte values occurs, under the same conditions, and by a kernel for which that is ever
/// worthwhile.
void lk_count_bytes(lk_kernel kernel, const uint8_t *bytes, size_t count, uint64_t *bins);

#endif
