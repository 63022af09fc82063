// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// The NEON kernel against the naive count: all lengths to 4,096 at shifting addresses, every byte value, all of one letter, more
// than its inner counters hold, and nothing read behind the end (a page that must not be touched follows).

#define _GNU_SOURCE
#include "CLetterKernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int failures;

static void check(const uint8_t *bytes, size_t count, const char *what) {
    uint64_t found[26], expected[26] = {0};
    // It adds to what is there.
    for (int i = 0; i < 26; i++) found[i] = expected[i] = (uint64_t)i << 40;
    lk_count_letters(LK_NEON, bytes, count, found);
    for (size_t i = 0; i < count; i++) {
        const unsigned letter = (bytes[i] | 0x20u) - 'a';
        if (bytes[i] < 0x80 && letter < 26) expected[letter]++;
    }
    if (memcmp(found, expected, sizeof found)) {
        fprintf(stderr, "%s, %zu bytes: the counts differ\n", what, count);
        failures++;
    }
}

int main(void) {
    if (!lk_is_supported(LK_NEON)) {
        fprintf(stderr, "this processor has no NEON kernel\n");
        return 1;
    }
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), room = 16 * page;
    uint8_t *memory = mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED || mprotect(memory + room, page, PROT_NONE)) return 1;
    uint32_t state = 7;
    for (size_t i = 0; i < room; i++) memory[i] = (uint8_t)((state = state * 1664525 + 1013904223) >> 24);
    for (size_t count = 0; count <= 4096; count++) {
        check(memory + count % 67, count, "random bytes");
        check(memory + room - count, count, "random bytes at the end of a page");
    }
    for (int value = 0; value < 256; value++) {
        memset(memory, value, room);
        check(memory + 3, room - 3, "one value");
    }
    const size_t much = 64 << 20;
    uint8_t *large = malloc(much);
    if (!large) return 1;
    for (size_t i = 0; i < much; i++) large[i] = (uint8_t)((state = state * 1664525 + 1013904223) >> 24);
    check(large, much, "64 MiB");
    memset(large, 'q', much);
    check(large, much, "64 MiB of one letter");
    if (failures == 0) puts("the NEON kernel counts as the naive one");
    return failures != 0;
}
