// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Letters by one-hot codes, for every instruction set that can look bytes up in a register; all byte values in a like way
// (avx512_bytes.c).
//
//     for each byte:
//         code = 1...26 for a letter, another of 0...31 for all else      what the including file calls prepare
//         for each plane p of 4:
//             h = code / 8 == p ? 1 << code % 8 : 0                       one look-up
//             add the 8 bits of h to 8 vertical counters                  bit-sliced: a tree of full adders
//     count[letter c] = the counter of bit c % 8 of plane c / 8, summed over all lanes
//
// The tree: a full adder takes two inputs of a weight and what was left over there, leaves one over and carries one of
// twice the weight. 64 inputs so become one carry of weight 64; six are left over for the next block. That is one adder for
// each input, however wide the counters get, and only one vector in 64 has to be taken apart into its columns.
//
// The including file defines, before it includes this one:
//     TARGET                              the attributes of every function here
//     vec                                 a vector of bytes
//     FORMS                               how many forms of a vector of codes the look-ups ask for: 1 or 2
//     void prepare(vec bytes, vec forms[FORMS])
//     vec_table                           what a look-up looks into; vec_table table_of_plane(int plane)
//     vec look_up(vec_table table, vec form)
//     vec full_add(vec a, vec b, vec c, vec *sum)            returns the carry
//     vec column(vec v, int bit)          1 << bit for each byte that has the bit, summed over some bytes to wide lanes
//     vec add_wide(vec a, vec b), uint64_t sum_wide(vec v)
//     vec load(const uint8_t *bytes), vec zero(void)

#include <string.h>

// As a call, one of them would keep in memory what is left over: a sixth of the speed with AVX2.
#define EVERYWHERE __attribute__((always_inline))

enum { planes = 4, levels = 6, block_vectors = 1 << levels };

/// What is left over at each level of one plane's tree, and the columns of what was carried out of it.
typedef struct {
    vec left[levels];
    vec columns[8];
} plane_counters;

/// The carry of weight 2 of two inputs.
TARGET EVERYWHERE static inline vec add_2(vec_table table, const vec *forms, vec *left) {
    return full_add(look_up(table, forms[0]), look_up(table, forms[1]), left[0], &left[0]);
}

TARGET EVERYWHERE static inline vec add_4(vec_table table, const vec *forms, vec *left) {
    const vec first = add_2(table, forms, left), second = add_2(table, forms + 2, left);
    return full_add(first, second, left[1], &left[1]);
}

TARGET EVERYWHERE static inline vec add_8(vec_table table, const vec *forms, vec *left) {
    const vec first = add_4(table, forms, left), second = add_4(table, forms + 4, left);
    return full_add(first, second, left[2], &left[2]);
}

TARGET EVERYWHERE static inline vec add_16(vec_table table, const vec *forms, vec *left) {
    const vec first = add_8(table, forms, left), second = add_8(table, forms + 8, left);
    return full_add(first, second, left[3], &left[3]);
}

TARGET EVERYWHERE static inline vec add_32(vec_table table, const vec *forms, vec *left) {
    const vec first = add_16(table, forms, left), second = add_16(table, forms + 16, left);
    return full_add(first, second, left[4], &left[4]);
}

/// One plane of a whole block.
TARGET static inline void add_plane(vec_table table, const vec *forms, plane_counters *counters) {
    vec left[levels];
    for (int l = 0; l < levels; l++) left[l] = counters->left[l];
    const vec first = add_32(table, forms, left), second = add_32(table, forms + 32, left);
    const vec carry = full_add(first, second, left[5], &left[5]);
    for (int l = 0; l < levels; l++) counters->left[l] = left[l];
    for (int bit = 0; bit < 8; bit++) {
        counters->columns[bit] = add_wide(counters->columns[bit], column(carry, bit));
    }
}

/// Prepares up to a block of the bytes, filled up with zeros, which are no letters. Returns how many bytes it took.
TARGET static inline size_t prepare_block(const uint8_t *bytes, size_t count, vec forms[FORMS][block_vectors]) {
    size_t whole = count / sizeof(vec) < block_vectors ? count / sizeof(vec) : block_vectors, taken = whole * sizeof(vec);
    vec pair[FORMS];
    for (size_t i = 0; i < whole; i++) {
        prepare(load(bytes + i * sizeof(vec)), pair);
        for (int f = 0; f < FORMS; f++) forms[f][i] = pair[f];
    }
    if (whole == block_vectors) return taken;
    uint8_t last[sizeof(vec)] = {0};
    memcpy(last, bytes + taken, count - taken);
    prepare(load(last), pair);
    for (int f = 0; f < FORMS; f++) forms[f][whole] = pair[f];
    prepare(zero(), pair);
    for (size_t i = whole + 1; i < block_vectors; i++) {
        for (int f = 0; f < FORMS; f++) forms[f][i] = pair[f];
    }
    return count;
}

/// How many bytes had the bit, in all lanes and at all levels.
TARGET static inline uint64_t total(const plane_counters *counters, int bit) {
    vec sum = counters->columns[bit];
    for (int l = levels - 1; l >= 0; l--) sum = add_wide(add_wide(sum, sum), column(counters->left[l], bit));
    return sum_wide(sum) >> bit;
}

/// The kernel: adds to 26 counts.
TARGET static inline void count_one_hot(const uint8_t *bytes, size_t count, uint64_t *letters) {
    plane_counters counters[planes];
    for (int p = 0; p < planes; p++) {
        for (int l = 0; l < levels; l++) counters[p].left[l] = zero();
        for (int bit = 0; bit < 8; bit++) counters[p].columns[bit] = zero();
    }
    vec forms[FORMS][block_vectors];
    while (count > 0) {
        const size_t taken = prepare_block(bytes, count, forms);
        bytes += taken;
        count -= taken;
        for (int p = 0; p < planes; p++) add_plane(table_of_plane(p), forms[p * FORMS / planes], &counters[p]);
    }
    for (int c = 1; c <= 26; c++) letters[c - 1] += total(&counters[c / 8], c % 8);
}
