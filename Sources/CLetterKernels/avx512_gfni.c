// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Letters by parities, for AVX-512 with GFNI (Ice Lake, Zen 4 and later).
//
//     for each byte:
//         code = 1...26 for a letter, 0 or 27...31 for all else          one signed maximum; see below
//         for each set S of the code's five bits:                        32 sets
//             odd[S] += parity(code AND S)                               8 bytes and 8 sets an instruction
//     for each letter c:
//         count[c] = -1/16 * sum over S of (-1)^|c AND S| * odd[S]       one Walsh-Hadamard transform of 32 values
//
// Why that is exact: the sum over S of (-1)^|c AND S| * (-1)^|d AND S| is 32 where c = d and 0 where not, and a parity p
// is (1 - (-1)^p) / 2. What the constant 1 adds falls upon code 0 alone, which nobody asks for.
//
// The code: as signed bytes all of 0x80...0xff are below 0x40, so max(byte, 0x40) turns whatever is neither in 0x40...0x5f
// nor in 0x60...0x7f into 0x40. Of what is left the low five bits are 1 for both "A" and "a", and so on.
//
// 13 vector instructions for 64 bytes: the maximum, and for four groups of eight sets the transform, the number of
// ones and the sum. Comparing with each letter takes more than 50, one-hot codes through a permutation as many as here.

#if defined(__x86_64__)

#include "kernels.h"
#include "parities.h"

/// So far ahead the processor is asked for memory. With it and the hint that the bytes are read only once the kernel
/// reads as fast as one core can; without, or with another hint, 0.8 to 0.95 of that was measured.
enum { prefetched_distance = 8192 };

/// The lanes of all four groups: lane j of group g counts the parities of the set 8 g + j.
typedef struct {
    __m512i groups[4];
} lanes;

LK_GFNI static inline lanes add(lanes sums, __m512i bytes, const __m512i masks[4]) {
    const __m512i codes = _mm512_max_epi8(bytes, _mm512_set1_epi8(0x40));
    for (int g = 0; g < 4; g++) sums.groups[g] = lk_add_parities(sums.groups[g], codes, masks[g]);
    return sums;
}

LK_GFNI void lk_letters_avx512_gfni(const uint8_t *bytes, size_t count, uint64_t *letters) {
    __m512i masks[4], odd[4];
    for (int g = 0; g < 4; g++) {
        masks[g] = _mm512_set1_epi64(0x0706050403020100 + 0x0808080808080808 * g);
        odd[g] = _mm512_setzero_si512();
    }
    while (count > 0) {
        lanes sums = {{_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()}};
        size_t vectors = count / 64 < vectors_in_lanes ? count / 64 : vectors_in_lanes;
        const uint8_t *end = bytes + vectors * 64;
        count -= vectors * 64;
        for (; bytes < end; bytes += 64) {
            __builtin_prefetch((const void *)((uintptr_t)bytes + prefetched_distance), 0, 0);
            sums = add(sums, _mm512_loadu_si512(bytes), masks);
        }
        if (count < 64 && vectors < vectors_in_lanes) {
            sums = add(sums, lk_load_first(bytes, count), masks);
            count = 0;
        }
        for (int g = 0; g < 4; g++) odd[g] = _mm512_add_epi64(odd[g], lk_sum_lanes(sums.groups[g]));
    }
    lk_walsh_hadamard(odd, 4);
    int64_t transformed[32];
    for (int g = 0; g < 4; g++) _mm512_storeu_si512(transformed + 8 * g, odd[g]);
    for (int i = 0; i < 26; i++) letters[i] += (uint64_t)(-transformed[i + 1] / 16);
}

#endif
