// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Letters by comparisons, for every x86-64.
//
//     for each block of at most 255 vectors:
//         for each half of the alphabet:               13 counters fit into the 16 registers
//             for each vector of 16 bytes:
//                 for each letter of the half:
//                     lanes[letter] -= (bytes | 0x20) == letter          a comparison yields 0 or -1
//             count[letter] += sum of lanes[letter]
//
// SSE2 cannot look bytes up in a register, so nothing is cheaper than a comparison and a subtraction a letter.

#if defined(__x86_64__)

#include "kernels.h"
#include <emmintrin.h>
#include <string.h>

enum { half_of_alphabet = 13, vectors_in_lanes = 255 };

static inline void add_half(const uint8_t *bytes, size_t vectors, char first, uint64_t *letters) {
    __m128i lanes[half_of_alphabet];
    for (int i = 0; i < half_of_alphabet; i++) lanes[i] = _mm_setzero_si128();
    for (const uint8_t *end = bytes + 16 * vectors; bytes < end; bytes += 16) {
        const __m128i folded = _mm_or_si128(_mm_loadu_si128((const __m128i *)bytes), _mm_set1_epi8(0x20));
#pragma clang loop unroll(full)  // or the counters stay in memory, at a third of the speed
        for (int i = 0; i < half_of_alphabet; i++) {
            lanes[i] = _mm_sub_epi8(lanes[i], _mm_cmpeq_epi8(folded, _mm_set1_epi8((char)(first + i))));
        }
    }
    for (int i = 0; i < half_of_alphabet; i++) {
        const __m128i sums = _mm_sad_epu8(lanes[i], _mm_setzero_si128());
        letters[i] += (uint64_t)(_mm_cvtsi128_si64(sums) + _mm_cvtsi128_si64(_mm_unpackhi_epi64(sums, sums)));
    }
}

static inline void add_block(const uint8_t *bytes, size_t vectors, uint64_t *letters) {
    add_half(bytes, vectors, 'a', letters);
    add_half(bytes, vectors, 'a' + half_of_alphabet, letters + half_of_alphabet);
}

void lk_letters_sse2(const uint8_t *bytes, size_t count, uint64_t *letters) {
    while (count >= 16) {
        const size_t vectors = count / 16 < vectors_in_lanes ? count / 16 : vectors_in_lanes;
        add_block(bytes, vectors, letters);
        bytes += vectors * 16;
        count -= vectors * 16;
    }
    // Filled up with zeros, which are no letters.
    uint8_t last[16] = {0};
    memcpy(last, bytes, count);
    add_block(last, 1, letters);
}

#endif
