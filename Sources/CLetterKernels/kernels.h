// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// What the files of this target see of one another: one function for each kernel and table. All of them add to what
// the table holds, read nothing outside the bytes, and keep nothing between calls.

#ifndef KERNELS_H
#define KERNELS_H

#include "CLetterKernels.h"

#if defined(__x86_64__)
void lk_letters_sse2(const uint8_t *bytes, size_t count, uint64_t *letters);
void lk_letters_avx2(const uint8_t *bytes, size_t count, uint64_t *letters);
void lk_letters_avx512(const uint8_t *bytes, size_t count, uint64_t *letters);
void lk_letters_avx512_vbmi(const uint8_t *bytes, size_t count, uint64_t *letters);
void lk_letters_avx512_gfni(const uint8_t *bytes, size_t count, uint64_t *letters);
void lk_bytes_avx512(const uint8_t *bytes, size_t count, uint64_t *bins);
void lk_bytes_avx512_gfni(const uint8_t *bytes, size_t count, uint64_t *bins);
#elif defined(__aarch64__)
void lk_letters_neon(const uint8_t *bytes, size_t count, uint64_t *letters);
#endif

#endif
