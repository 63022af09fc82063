// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// What both kernels with GFNI share: parities of bytes, counted, and the transform back from them to the bytes.

#ifndef PARITIES_H
#define PARITIES_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#define LK_GFNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512bitalg,gfni")))

/// A vector adds at most 8 to a lane of 8 bits, for it has 8 bytes in each quadword.
enum { vectors_in_lanes = 255 / 8 };

/// Counts odd parities: of each quadword of 8 bytes, lane j gains the number of bytes b with an odd number of ones in
/// b AND masks[j]. The affine transform takes the bytes for the rows of its matrix and the masks for the vectors.
LK_GFNI static inline __m512i lk_add_parities(__m512i lanes, __m512i bytes, __m512i masks) {
    return _mm512_add_epi8(lanes, _mm512_popcnt_epi8(_mm512_gf2p8affine_epi64_epi8(masks, bytes, 0)));
}

/// The sums of lanes 0 to 7 over the eight quadwords, as eight quadwords.
LK_GFNI static inline __m512i lk_sum_lanes(__m512i lanes) {
    const __m512i transposed = _mm512_set_epi8(
        63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 60, 52, 44, 36, 28,
        20, 12, 4, 59, 51, 43, 35, 27, 19, 11, 3, 58, 50, 42, 34, 26, 18, 10, 2, 57, 49, 41, 33, 25, 17, 9, 1, 56, 48,
        40, 32, 24, 16, 8, 0);
    return _mm512_sad_epu8(_mm512_permutexvar_epi8(transposed, lanes), _mm512_setzero_si512());
}

/// The first bytes of a vector, the others 0; nothing behind them is read.
LK_GFNI static inline __m512i lk_load_first(const uint8_t *bytes, size_t count) {
    return _mm512_maskz_loadu_epi8(_cvtu64_mask64(((uint64_t)1 << count) - 1), bytes);
}

/// The Walsh-Hadamard transform, in place, of 8 values a vector; the number of vectors is a power of two.
LK_GFNI static inline void lk_walsh_hadamard(__m512i *values, size_t vectors) {
    for (size_t i = 0; i < vectors; i++) {
        __m512i v = values[i], swapped = _mm512_shuffle_i64x2(v, v, 0x4e);
        v = _mm512_mask_sub_epi64(_mm512_add_epi64(swapped, v), 0xf0, swapped, v);
        swapped = _mm512_permutex_epi64(v, 0x4e);
        v = _mm512_mask_sub_epi64(_mm512_add_epi64(swapped, v), 0xcc, swapped, v);
        swapped = _mm512_permutex_epi64(v, 0xb1);
        values[i] = _mm512_mask_sub_epi64(_mm512_add_epi64(swapped, v), 0xaa, swapped, v);
    }
    for (size_t half = 1; half < vectors; half *= 2) {
        for (size_t i = 0; i < vectors; i++) {
            if (i & half) continue;
            const __m512i a = values[i], b = values[i + half];
            values[i] = _mm512_add_epi64(a, b);
            values[i + half] = _mm512_sub_epi64(a, b);
        }
    }
}

#endif
