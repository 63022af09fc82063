// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// What the processor can run, and the way from a kernel's name to its functions.

#include "kernels.h"

#if defined(__x86_64__)

#include <cpuid.h>

// Not __builtin_cpu_supports: that brings a constructor along which asks the processor some ten times in every process at its
// start, and each time a virtual machine is left and entered again.

/// What the system saves when it switches threads: registers that it does not save cannot be used.
static uint32_t saved_registers(void) {
    uint32_t low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

bool lk_is_supported(lk_kernel kernel) {
    enum { avx_registers = 0x06, avx512_registers = 0xe6 };
    enum { osxsave = 1 << 27 };                                                    // leaf 1, ecx
    enum { avx2 = 1 << 5, avx512f = 1 << 16, avx512bw = 1 << 30 };                 // leaf 7, ebx
    enum { vbmi = 1 << 1, gfni = 1 << 8, bitalg = 1 << 12 };                       // leaf 7, ecx
    const uint32_t avx512vl = 1u << 31;                                            // leaf 7, ebx
    if (kernel == LK_SSE2) return true;
    if (kernel == LK_NEON) return false;

    uint32_t a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || (c & osxsave) == 0) return false;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
    const uint32_t saved = saved_registers();
    const bool has_avx2 = (saved & avx_registers) == avx_registers && (b & avx2) != 0;
    if (kernel == LK_AVX2 || !has_avx2) return has_avx2;
    const uint32_t foundation = avx512f | avx512bw;
    const bool has_avx512 = (saved & avx512_registers) == avx512_registers && (b & foundation) == foundation;
    if (kernel == LK_AVX512 || !has_avx512) return has_avx512;
    if (kernel == LK_AVX512_VBMI || (c & vbmi) == 0) return (c & vbmi) != 0;
    return (c & gfni) != 0 && (c & bitalg) != 0 && (b & avx512vl) != 0;
}

void lk_count_letters(lk_kernel kernel, const uint8_t *bytes, size_t count, uint64_t *letters) {
    // No bytes may have no address, from which a kernel must not even copy nothing.
    if (count == 0) return;
    switch (kernel) {
    case LK_SSE2: return lk_letters_sse2(bytes, count, letters);
    case LK_AVX2: return lk_letters_avx2(bytes, count, letters);
    case LK_AVX512: return lk_letters_avx512(bytes, count, letters);
    case LK_AVX512_VBMI: return lk_letters_avx512_vbmi(bytes, count, letters);
    case LK_AVX512_GFNI: return lk_letters_avx512_gfni(bytes, count, letters);
    case LK_NEON: break;
    }
    __builtin_trap();
}

// Below these the transform, and the sums over all counters, take longer than counting one by one, or with tables.
size_t lk_worthwhile_byte_count(lk_kernel kernel) {
    switch (kernel) {
    case LK_AVX512:
    case LK_AVX512_VBMI: return 8192;
    case LK_AVX512_GFNI: return 320;
    case LK_SSE2:
    case LK_AVX2:
    case LK_NEON: break;
    }
    return PTRDIFF_MAX;
}

void lk_count_bytes(lk_kernel kernel, const uint8_t *bytes, size_t count, uint64_t *bins) {
    if (count == 0) return;
    switch (kernel) {
    case LK_AVX512:
    case LK_AVX512_VBMI: return lk_bytes_avx512(bytes, count, bins);
    case LK_AVX512_GFNI: return lk_bytes_avx512_gfni(bytes, count, bins);
    case LK_SSE2:
    case LK_AVX2:
    case LK_NEON: break;
    }
    __builtin_trap();
}

#else

// Every processor of 64-bit ARM has NEON; others have no kernel here.
#if defined(__aarch64__)
static const bool has_neon = true;
#else
static const bool has_neon = false;
#endif

bool lk_is_supported(lk_kernel kernel) { return kernel == LK_NEON && has_neon; }

void lk_count_letters(lk_kernel kernel, const uint8_t *bytes, size_t count, uint64_t *letters) {
#if defined(__aarch64__)
    if (kernel == LK_NEON && count == 0) return;
    if (kernel == LK_NEON) return lk_letters_neon(bytes, count, letters);
#endif
    __builtin_trap();
}

size_t lk_worthwhile_byte_count(lk_kernel kernel) {
    (void)kernel;
    return PTRDIFF_MAX;
}

void lk_count_bytes(lk_kernel kernel, const uint8_t *bytes, size_t count, uint64_t *bins) {
    (void)kernel, (void)bytes, (void)count, (void)bins;
    __builtin_trap();
}

#endif
