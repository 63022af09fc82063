// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// How fast one core reads, and how fast tables count: kernels FILE

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__x86_64__)
#include <immintrin.h>

// The sum as 64-bit numbers is next to no work: what it takes is the reading.
__attribute__((target("avx512f"))) static uint64_t sum_512(const uint8_t *bytes, size_t count) {
    __m512i a = _mm512_setzero_si512(), b = a, c = a, d = a;
    for (size_t i = 0; i + 256 <= count; i += 256) {
        a = _mm512_add_epi64(a, _mm512_loadu_si512(bytes + i));
        b = _mm512_add_epi64(b, _mm512_loadu_si512(bytes + i + 64));
        c = _mm512_add_epi64(c, _mm512_loadu_si512(bytes + i + 128));
        d = _mm512_add_epi64(d, _mm512_loadu_si512(bytes + i + 192));
    }
    return (uint64_t)_mm512_reduce_add_epi64(_mm512_add_epi64(_mm512_add_epi64(a, b), _mm512_add_epi64(c, d)));
}

__attribute__((target("avx2"))) static uint64_t sum_256(const uint8_t *bytes, size_t count) {
    __m256i a = _mm256_setzero_si256(), b = a, c = a, d = a;
    for (size_t i = 0; i + 128 <= count; i += 128) {
        a = _mm256_add_epi64(a, _mm256_loadu_si256((const __m256i *)(bytes + i)));
        b = _mm256_add_epi64(b, _mm256_loadu_si256((const __m256i *)(bytes + i + 32)));
        c = _mm256_add_epi64(c, _mm256_loadu_si256((const __m256i *)(bytes + i + 64)));
        d = _mm256_add_epi64(d, _mm256_loadu_si256((const __m256i *)(bytes + i + 96)));
    }
    uint64_t lanes[4];
    _mm256_storeu_si256((__m256i *)lanes, _mm256_add_epi64(_mm256_add_epi64(a, b), _mm256_add_epi64(c, d)));
    return lanes[0] + lanes[1] + lanes[2] + lanes[3];
}
#endif

static uint64_t sum_64(const uint8_t *bytes, size_t count) {
    uint64_t a = 0, b = 0, c = 0, d = 0;
    for (size_t i = 0; i + 32 <= count; i += 32) {
        uint64_t words[4];
        memcpy(words, bytes + i, sizeof words);
        a += words[0], b += words[1], c += words[2], d += words[3];
    }
    return a + b + c + d;
}

static uint64_t sum(const uint8_t *bytes, size_t count) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) return sum_512(bytes, count);
    if (__builtin_cpu_supports("avx2")) return sum_256(bytes, count);
#endif
    return sum_64(bytes, count);
}

static void one_table(const uint8_t *bytes, size_t count, uint64_t bins[256]) {
    for (size_t i = 0; i < count; i++) bins[bytes[i]]++;
}

static void four_tables(const uint8_t *bytes, size_t count, uint64_t bins[256]) {
    uint32_t tables[4][256] = {{0}};
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        tables[0][bytes[i]]++;
        tables[1][bytes[i + 1]]++;
        tables[2][bytes[i + 2]]++;
        tables[3][bytes[i + 3]]++;
    }
    for (; i < count; i++) bins[bytes[i]]++;
    for (int b = 0; b < 256; b++) bins[b] += (uint64_t)tables[0][b] + tables[1][b] + tables[2][b] + tables[3][b];
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static volatile uint64_t kept;

static void fail(const char *what) {
    fprintf(stderr, "kernels.c: %s\n", what);
    exit(1);
}

static void measure_sum(const char *place, const uint8_t *bytes, size_t count, int repetitions) {
    // A whole number of each sum's steps.
    count -= count % 256;
    if (sum(bytes, count) != sum_64(bytes, count)) fail("a wrong sum");
    printf("limit %s\t", place);
    for (int sample = 0; sample < 5; sample++) {
        const double began = now();
        for (int i = 0; i < repetitions; i++) kept += sum(bytes, count);
        printf("%.0f ", (double)count * repetitions / (now() - began));
    }
    puts("");
}

static void measure_tables(const char *place, const uint8_t *bytes, size_t count, int repetitions) {
    uint64_t expected[256] = {0}, counted[256] = {0};
    one_table(bytes, count, expected);
    four_tables(bytes, count, counted);
    if (memcmp(expected, counted, sizeof expected) != 0) fail("wrong counts");
    if (strcmp(place, "document") == 0) {
        printf("bytes counts\t");
        for (int b = 0; b < 256; b++) printf("%llu ", (unsigned long long)counted[b]);
        puts("");
    }
    printf("bytes %s\t", place);
    for (int sample = 0; sample < 5; sample++) {
        const double began = now();
        for (int i = 0; i < repetitions; i++) {
            four_tables(bytes, count, counted);
            kept += counted['e'];
        }
        printf("%.0f ", (double)count * repetitions / (now() - began));
    }
    puts("");
}

/// The file's bytes, over and over.
static uint8_t *repeated(const char *path, size_t count) {
    uint8_t *bytes = aligned_alloc(4096, count);  // the sum reads fastest from a page's border
    FILE *file = fopen(path, "r");
    if (bytes == NULL || file == NULL) fail("no file or no memory");
    const size_t length = fread(bytes, 1, count, file);
    fclose(file);
    if (length == 0) fail("nothing in the file");
    for (size_t done = length; done < count; done++) bytes[done] = bytes[done - length];
    return bytes;
}

int main(int argc, char **argv) {
    if (argc != 2) fail("usage: kernels FILE");
    const size_t document = 48 << 10, cache = 512 << 10, memory = (size_t)1 << 30;
    uint8_t *bytes = repeated(argv[1], memory);
    measure_sum("document", bytes + 1, document, 100);
    measure_sum("cache", bytes, cache, 20);
    measure_sum("memory", bytes, memory, 1);
    measure_tables("document", bytes + 1, document, 20);
    measure_tables("cache", bytes, cache, 4);
    measure_tables("memory", bytes, memory, 1);
    for (size_t i = 0; i < cache; i++) bytes[i] = (uint8_t)(rand() >> 7);
    measure_sum("binary", bytes, cache, 20);
    measure_tables("binary", bytes, cache, 4);
    free(bytes);
}
