// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Letters by one-hot codes (one_hot.h) in vectors of 32 bytes, for AVX2.
//
//     y = max(byte | 0x20, 0x60), as signed bytes     letters of both cases are 0x61...0x7a, what is no letter stays below or above
//     form 0 = y + 0x10                               0x70...0x8f: the highest bit says "code 16 or more"
//     form 1 = form 0 ^ 0x80                          ... and here "code 15 or less"
//
// The look-up takes the low four bits and answers 0 where the highest is set, so that each form serves two planes.

#if defined(__x86_64__)

#include "kernels.h"
#include <immintrin.h>

#define TARGET __attribute__((target("avx2")))
#define FORMS 2
typedef __m256i vec;
typedef __m256i vec_table;

TARGET static inline vec load(const uint8_t *bytes) { return _mm256_loadu_si256((const __m256i *)bytes); }
TARGET static inline vec zero(void) { return _mm256_setzero_si256(); }

TARGET static inline void prepare(vec bytes, vec forms[FORMS]) {
    const vec folded = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
    const vec codes = _mm256_max_epi8(folded, _mm256_set1_epi8(0x60));
    forms[0] = _mm256_add_epi8(codes, _mm256_set1_epi8(0x10));
    forms[1] = _mm256_xor_si256(forms[0], _mm256_set1_epi8((char)0x80));
}

TARGET static inline vec_table table_of_plane(int plane) {
    const int64_t bits = (int64_t)0x8040201008040201;
    return plane % 2 == 0 ? _mm256_set_epi64x(0, bits, 0, bits) : _mm256_set_epi64x(bits, 0, bits, 0);
}

TARGET static inline vec look_up(vec_table table, vec form) { return _mm256_shuffle_epi8(table, form); }

TARGET static inline vec full_add(vec a, vec b, vec c, vec *sum) {
    const vec either = _mm256_xor_si256(a, b);
    *sum = _mm256_xor_si256(either, c);
    return _mm256_or_si256(_mm256_and_si256(a, b), _mm256_and_si256(either, c));
}

TARGET static inline vec column(vec v, int bit) {
    return _mm256_sad_epu8(_mm256_and_si256(v, _mm256_set1_epi8((char)(1 << bit))), zero());
}

TARGET static inline vec add_wide(vec a, vec b) { return _mm256_add_epi64(a, b); }

TARGET static inline uint64_t sum_wide(vec v) {
    uint64_t lanes[4];
    _mm256_storeu_si256((__m256i *)lanes, v);
    return lanes[0] + lanes[1] + lanes[2] + lanes[3];
}

#include "one_hot.h"

TARGET void lk_letters_avx2(const uint8_t *bytes, size_t count, uint64_t *letters) {
    count_one_hot(bytes, count, letters);
}

#endif
