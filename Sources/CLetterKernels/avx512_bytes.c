// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// All byte values by one-hot codes (one_hot.h), for AVX-512 F and BW without GFNI.
//
//     for each block of 64 vectors:
//         for each class of 16 byte values that occurs in it:         the high half of the byte; text has six or seven
//             form = (byte ^ 16 * class) + 0x70, saturated            below 0x80 for bytes of the class alone, which the look-up
//                                                                     takes by their low half; it answers 0 for all others
//             add its one-hot codes to the counters of the class, which has two planes
//
// Which classes occur is found by one-hot codes, too: those of the high halves, ORed over the block. Text takes half as long as
// with tables, a block with all 16 classes about as long. To store the forms for both planes takes longer than to make
// them twice. With AVX2, which has half the width and needs five instructions for a full adder, tables are faster.

#if defined(__x86_64__)

#include "kernels.h"

#define TARGET __attribute__((target("avx512f,avx512bw")))
#define FORMS 1
#include "one_hot_512.h"

/// The one-hot codes of one half of a class, and what makes a byte of the class one below 16.
typedef struct {
    vec codes, class;
} vec_table;

/// The bytes themselves: their forms depend on the class.
TARGET static inline void prepare(vec bytes, vec forms[FORMS]) { forms[0] = bytes; }

TARGET static inline vec_table table_of_plane(int plane) {
    const int64_t bits = (int64_t)0x8040201008040201;
    const int64_t low = plane % 2 == 0 ? bits : 0, high = plane % 2 == 0 ? 0 : bits;
    return (vec_table){
        _mm512_set_epi64(high, low, high, low, high, low, high, low), _mm512_set1_epi8((char)(plane / 2 << 4))};
}

TARGET static inline vec look_up(vec_table table, vec bytes) {
    const vec form = _mm512_adds_epu8(_mm512_xor_si512(bytes, table.class), _mm512_set1_epi8(0x70));
    return _mm512_shuffle_epi8(table.codes, form);
}

#include "one_hot.h"

enum { classes = 16, planes_of_class = 2 };

/// The classes of the block's bytes, a bit each.
TARGET static inline uint32_t classes_in(const vec block[block_vectors]) {
    vec low = zero(), high = zero();
    for (int i = 0; i < block_vectors; i++) {
        const vec halves = _mm512_and_si512(_mm512_srli_epi16(block[i], 4), _mm512_set1_epi8(0x0f));
        low = _mm512_or_si512(low, _mm512_shuffle_epi8(table_of_plane(0).codes, halves));
        high = _mm512_or_si512(high, _mm512_shuffle_epi8(table_of_plane(1).codes, halves));
    }
    uint64_t bits = (uint64_t)_mm512_reduce_or_epi64(low), others = (uint64_t)_mm512_reduce_or_epi64(high);
    for (int shift = 32; shift >= 8; shift /= 2) bits |= bits >> shift, others |= others >> shift;
    return (uint32_t)((bits & 0xff) | (others & 0xff) << 8);
}

TARGET void lk_bytes_avx512(const uint8_t *bytes, size_t count, uint64_t *bins) {
    plane_counters counters[classes * planes_of_class];
    uint32_t found = 0;
    const size_t block_bytes = sizeof(vec) * block_vectors, padding = (block_bytes - count % block_bytes) % block_bytes;
    while (count > 0) {
        vec block[FORMS][block_vectors];
        const size_t taken = prepare_block(bytes, count, block);
        bytes += taken;
        count -= taken;
        const uint32_t present = classes_in(block[0]);
        for (int p = 0; p < classes * planes_of_class; p++) {
            const uint32_t class = 1u << p / planes_of_class;
            if ((present & class) == 0) continue;
            // Not all at first: most classes never occur.
            if ((found & class) == 0) memset(&counters[p], 0, sizeof counters[p]);
            add_plane(table_of_plane(p), block[0], &counters[p]);
        }
        found |= present;
    }
    for (int byte = 0; byte < 256; byte++) {
        if (found >> byte / 16 & 1) bins[byte] += total(&counters[byte / 8], byte % 8);
    }
    // The last block is filled up with zeros, which were counted.
    bins[0] -= padding;
}

#endif
