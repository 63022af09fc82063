// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// The least that counting files can cost: they are opened, read and closed, and nothing is done with what was read.
//
//     files THREADS FOLDER|FILE
//
// Of a folder each thread takes the next file; of one large file the next part of 8 MiB. Prints the number of bytes.

#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { room = 64 << 10, part = 8 << 20, most_threads = 64 };

static char **names;
static long count;
static int folder = -1;
static const char *file;
static atomic_long next_place, bytes;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static long read_to_end(int fd, char *buffer) {
    long sum = 0;
    ssize_t n;
    while ((n = read(fd, buffer, room)) > 0) {
        sum += n;
        if (n < room) break;
    }
    return sum;
}

static long read_part(int fd, long place, char *buffer) {
    long sum = 0;
    ssize_t n;
    while (sum < part && (n = pread(fd, buffer, room, place * part + sum)) > 0) sum += n;
    return sum;
}

static void *work(void *nothing) {
    char *buffer = aligned_alloc(4096, room);
    long sum = 0, place;
    int large = file ? open(file, O_RDONLY | O_CLOEXEC) : -1;
    while ((place = atomic_fetch_add(&next_place, 1)) < count) {
        if (file) {
            sum += read_part(large, place, buffer);
            continue;
        }
        int fd = openat(folder, names[place], O_RDONLY | O_CLOEXEC);
        if (fd < 0) fail(names[place]);
        sum += read_to_end(fd, buffer);
        close(fd);
    }
    atomic_fetch_add(&bytes, sum);
    return nothing;
}

static void list(const char *path) {
    DIR *stream = opendir(path);
    if (!stream) fail(path);
    folder = dirfd(stream);
    long capacity = 0;
    for (struct dirent *entry; (entry = readdir(stream));) {
        if (entry->d_name[0] == '.') continue;
        if (count == capacity) names = realloc(names, (capacity = capacity ? 2 * capacity : 1024) * sizeof *names);
        names[count++] = strdup(entry->d_name);
    }
}

int main(int argc, char **argv) {
    if (argc != 3) return 64;
    int threads = atoi(argv[1]);
    struct stat status;
    if (stat(argv[2], &status)) fail(argv[2]);
    if (S_ISDIR(status.st_mode)) {
        list(argv[2]);
    } else {
        file = argv[2];
        count = (status.st_size + part - 1) / part;
    }
    pthread_t others[most_threads];
    for (int i = 1; i < threads && i < most_threads; i++) pthread_create(&others[i], NULL, work, NULL);
    work(NULL);
    for (int i = 1; i < threads && i < most_threads; i++) pthread_join(others[i], NULL);
    printf("%ld\n", (long)bytes);
}
