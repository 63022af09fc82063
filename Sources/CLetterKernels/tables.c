// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

#include "kernels.h"
#include <string.h>

void lk_bytes_naive(const uint8_t *bytes, size_t count, uint64_t *bins) {
    for (size_t i = 0; i < count; i++) bins[bytes[i]]++;
}

void lk_bytes_tables(const uint8_t *bytes, size_t count, uint64_t *bins) {
    uint32_t t[8][256];
    memset(t,0,sizeof t);
    size_t i=0;
    for(;i+8<=count;i+=8){ uint64_t w; memcpy(&w,bytes+i,8);
        t[0][w&255]++; t[1][w>>8&255]++; t[2][w>>16&255]++; t[3][w>>24&255]++; t[4][w>>32&255]++; t[5][w>>40&255]++; t[6][w>>48&255]++; t[7][w>>56]++; }
    for(;i<count;i++)bins[bytes[i]]++;
    for(int b=0;b<256;b++)for(int k=0;k<8;k++)bins[b]+=t[k][b];
}
