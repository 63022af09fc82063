// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// All byte values by parities, for AVX-512 with GFNI.
//
//     for each block of bytes that stays in the first-level cache:
//         for each set S of the low seven bits:                    128 sets, in passes of 64
//             odd[S] += parity(byte AND S), of all bytes
//         if a byte of the block has its highest bit:
//             the same for the 128 sets with that bit
//         else:
//             odd[S + 128] += what odd[S] gained                   for there the bit changes no parity
//     for each byte value c:
//         count[c] = -1/128 * sum over S of (-1)^|c AND S| * odd[S]      one Walsh-Hadamard transform of 256 values
//     count[0] += number of all bytes
//
// avx512_gfni.c says why that is exact. It takes 3 instructions for 8 sets of 64 bytes, 48 in all for a block of ASCII and 96
// for another; eight tables take about 230.

#if defined(__x86_64__)

#include "kernels.h"
#include "parities.h"

/// A pass keeps so many groups of eight sets in registers, beside their masks.
enum { groups_in_pass = 8 };

/// Adds the parities of the 64 sets from `first` on over whole vectors and one that is perhaps not whole; what the
/// sets gained is left in `gained`. Returns all bytes, one ORed to the other.
LK_GFNI static inline __m512i add_pass(
    const uint8_t *bytes, size_t vectors, __m512i last, uint8_t first, __m512i gained[groups_in_pass]) {
    __m512i masks[groups_in_pass], lanes[groups_in_pass], all = last;
    for (int g = 0; g < groups_in_pass; g++) {
        masks[g] = _mm512_add_epi8(_mm512_set1_epi64(0x0706050403020100), _mm512_set1_epi8((char)(first + 8 * g)));
        lanes[g] = lk_add_parities(_mm512_setzero_si512(), last, masks[g]);
    }
    for (const uint8_t *end = bytes + 64 * vectors; bytes < end; bytes += 64) {
        const __m512i v = _mm512_loadu_si512(bytes);
        all = _mm512_or_si512(all, v);
        for (int g = 0; g < groups_in_pass; g++) lanes[g] = lk_add_parities(lanes[g], v, masks[g]);
    }
    for (int g = 0; g < groups_in_pass; g++) gained[g] = lk_sum_lanes(lanes[g]);
    return all;
}

/// Adds the parities of all 256 sets.
LK_GFNI static inline void add_block(const uint8_t *bytes, size_t vectors, __m512i last, __m512i odd[32]) {
    __m512i gained[32];
    const __m512i all = add_pass(bytes, vectors, last, 0, gained);
    add_pass(bytes, vectors, last, 64, gained + 8);
    if (_mm512_movepi8_mask(all) != 0) {
        add_pass(bytes, vectors, last, 128, gained + 16);
        add_pass(bytes, vectors, last, 192, gained + 24);
    } else {
        for (int i = 0; i < 16; i++) gained[16 + i] = gained[i];
    }
    for (int i = 0; i < 32; i++) odd[i] = _mm512_add_epi64(odd[i], gained[i]);
}

LK_GFNI void lk_bytes_avx512_gfni(const uint8_t *bytes, size_t count, uint64_t *bins) {
    __m512i odd[32];
    for (int i = 0; i < 32; i++) odd[i] = _mm512_setzero_si512();
    // A vector that is not whole is filled up with zeros, which have no odd parity: no set gains by them.
    for (size_t rest = count; rest > 0;) {
        // One less than the lanes hold, for the last one.
        size_t vectors = rest / 64 < vectors_in_lanes - 1 ? rest / 64 : vectors_in_lanes - 1;
        rest -= vectors * 64;
        const size_t partial = rest < 64 ? rest : 0;
        add_block(bytes, vectors, lk_load_first(bytes + vectors * 64, partial), odd);
        rest -= partial;
        bytes += vectors * 64 + partial;
    }
    lk_walsh_hadamard(odd, 32);
    int64_t transformed[256];
    for (int i = 0; i < 32; i++) _mm512_storeu_si512(transformed + 8 * i, odd[i]);
    for (int i = 0; i < 256; i++) bins[i] += (uint64_t)(-transformed[i] / 128);
    bins[0] += count;
}

#endif
