// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Letters by one-hot codes (one_hot.h) in vectors of 64 bytes, for AVX-512 F and BW without more (Skylake-X).
//
// Both forms of the codes are those of avx2.c, for the same look-up in 16 bytes. Comparing with each letter, into masks that
// are counted or that mask a subtraction, takes more than twice as long.

#if defined(__x86_64__)

#include "kernels.h"

#define TARGET __attribute__((target("avx512f,avx512bw")))
#define FORMS 2
#include "one_hot_512.h"
typedef vec vec_table;

TARGET static inline void prepare(vec bytes, vec forms[FORMS]) {
    const vec folded = _mm512_or_si512(bytes, _mm512_set1_epi8(0x20));
    const vec codes = _mm512_max_epi8(folded, _mm512_set1_epi8(0x60));
    forms[0] = _mm512_add_epi8(codes, _mm512_set1_epi8(0x10));
    forms[1] = _mm512_xor_si512(forms[0], _mm512_set1_epi8((char)0x80));
}

TARGET static inline vec_table table_of_plane(int plane) {
    const int64_t bits = (int64_t)0x8040201008040201;
    const int64_t low = plane % 2 == 0 ? bits : 0, high = plane % 2 == 0 ? 0 : bits;
    return _mm512_set_epi64(high, low, high, low, high, low, high, low);
}

TARGET static inline vec look_up(vec_table table, vec form) { return _mm512_shuffle_epi8(table, form); }

#include "one_hot.h"

TARGET void lk_letters_avx512(const uint8_t *bytes, size_t count, uint64_t *letters) {
    count_one_hot(bytes, count, letters);
}

#endif
