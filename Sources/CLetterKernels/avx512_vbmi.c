// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Letters by one-hot codes (one_hot.h) in vectors of 64 bytes, for AVX-512 with VBMI (Cannon Lake).
//
//     form = max(byte, 0x40), as signed bytes         as in avx512_gfni.c: what is no letter has one of the codes 0, 27...31
//
// The look-up takes the low six bits: the code, and the case, which the table ignores.

#if defined(__x86_64__)

#include "kernels.h"

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vbmi")))
#define FORMS 1
#include "one_hot_512.h"
typedef vec vec_table;

TARGET static inline void prepare(vec bytes, vec forms[FORMS]) {
    forms[0] = _mm512_max_epi8(bytes, _mm512_set1_epi8(0x40));
}

TARGET static inline vec_table table_of_plane(int plane) {
    // Quadwords `plane` of both halves, a half for each case.
    return _mm512_maskz_set1_epi64((__mmask8)(0x11 << plane), (int64_t)0x8040201008040201);
}

TARGET static inline vec look_up(vec_table table, vec form) { return _mm512_permutexvar_epi8(form, table); }

#include "one_hot.h"

TARGET void lk_letters_avx512_vbmi(const uint8_t *bytes, size_t count, uint64_t *letters) {
    count_one_hot(bytes, count, letters);
}

#endif
