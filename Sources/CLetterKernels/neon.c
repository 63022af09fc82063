// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Letters by one-hot codes (one_hot.h) in vectors of 16 bytes, for 64-bit ARM.
//
//     form = max(byte, 0x40) & 0x1f, as signed bytes      1...26 for letters, the codes 0, 27...31 for all else
//
// The look-up takes 32 bytes of two registers, so that one form serves all planes. A full adder is three instructions,
// since a bitwise selection is the majority of three.

#if defined(__aarch64__)

#include "kernels.h"
#include <arm_neon.h>

#define TARGET
#define FORMS 1
typedef uint8x16_t vec;
typedef uint8x16x2_t vec_table;

static inline vec load(const uint8_t *bytes) { return vld1q_u8(bytes); }
static inline vec zero(void) { return vdupq_n_u8(0); }

static inline void prepare(vec bytes, vec forms[FORMS]) {
    const int8x16_t codes = vmaxq_s8(vreinterpretq_s8_u8(bytes), vdupq_n_s8(0x40));
    forms[0] = vandq_u8(vreinterpretq_u8_s8(codes), vdupq_n_u8(0x1f));
}

static inline vec_table table_of_plane(int plane) {
    uint8_t entries[32] = {0};
    for (int i = 0; i < 8; i++) entries[8 * plane + i] = (uint8_t)(1 << i);
    return (vec_table){{vld1q_u8(entries), vld1q_u8(entries + 16)}};
}

static inline vec look_up(vec_table table, vec form) { return vqtbl2q_u8(table, form); }

static inline vec full_add(vec a, vec b, vec c, vec *sum) {
    const vec either = veorq_u8(a, b);
    *sum = veorq_u8(either, c);
    return vbslq_u8(either, c, a);
}

static inline vec column(vec v, int bit) {
    const uint16x8_t pairs = vpaddlq_u8(vandq_u8(v, vdupq_n_u8((uint8_t)(1 << bit))));
    return vreinterpretq_u8_u64(vpaddlq_u32(vpaddlq_u16(pairs)));
}

static inline vec add_wide(vec a, vec b) {
    return vreinterpretq_u8_u64(vaddq_u64(vreinterpretq_u64_u8(a), vreinterpretq_u64_u8(b)));
}

static inline uint64_t sum_wide(vec v) { return vaddvq_u64(vreinterpretq_u64_u8(v)); }

#include "one_hot.h"

void lk_letters_neon(const uint8_t *bytes, size_t count, uint64_t *letters) { count_one_hot(bytes, count, letters); }

#endif
