// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// What one_hot.h asks for in vectors of 64 bytes, but for the look-up and its table: they differ between the kernels. A full
// adder is two instructions here.

#include <immintrin.h>
#include <stdint.h>

typedef __m512i vec;

TARGET static inline vec load(const uint8_t *bytes) { return _mm512_loadu_si512(bytes); }
TARGET static inline vec zero(void) { return _mm512_setzero_si512(); }

TARGET static inline vec full_add(vec a, vec b, vec c, vec *sum) {
    const vec carry = _mm512_ternarylogic_epi64(a, b, c, 0xe8);  // the majority
    *sum = _mm512_ternarylogic_epi64(a, b, c, 0x96);             // the parity
    return carry;
}

TARGET static inline vec column(vec v, int bit) {
    return _mm512_sad_epu8(_mm512_and_si512(v, _mm512_set1_epi8((char)(1 << bit))), zero());
}

TARGET static inline vec add_wide(vec a, vec b) { return _mm512_add_epi64(a, b); }
TARGET static inline uint64_t sum_wide(vec v) { return (uint64_t)_mm512_reduce_add_epi64(v); }
