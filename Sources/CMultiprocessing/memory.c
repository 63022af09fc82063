// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CMultiprocessing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8U
#endif
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

_Static_assert(mp_seal_shrink == F_SEAL_SHRINK && mp_seal_grow == F_SEAL_GROW && mp_seal_seals == F_SEAL_SEAL, "seals");

int mp_memory_file(const char *name, int huge_page_shift) {
    unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    if (huge_page_shift > 0) flags |= MFD_HUGETLB | (unsigned)huge_page_shift << 26;
    int descriptor = memfd_create(name, flags | MFD_NOEXEC_SEAL);
    // Kernels before 6.3 do not know that seal.
    if (descriptor < 0 && errno == EINVAL) descriptor = memfd_create(name, flags);
    return descriptor < 0 ? -errno : descriptor;
}

int mp_open_nameless(const char *folder) { return mp_open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600); }

int mp_link(int descriptor, const char *path) {
    char own[32];
    snprintf(own, sizeof own, "/proc/self/fd/%d", descriptor);
    return linkat(AT_FDCWD, own, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 ? 0 : -errno;
}

int mp_lock_file(int descriptor) {
    int result;
    do result = flock(descriptor, LOCK_EX); while (result != 0 && errno == EINTR);
    return result == 0 ? 0 : -errno;
}

// The limit holds for memory too, and whoever crosses it is sent a signal that ends it: to be told is better.
static int is_too_large(int64_t byte_count) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return 0;
    return byte_count < 0 || (uint64_t)byte_count > limit.rlim_cur;
}

int mp_set_file_size(int descriptor, int64_t byte_count) {
    if (is_too_large(byte_count)) return -EFBIG;
    int result;
    do result = ftruncate(descriptor, byte_count); while (result != 0 && errno == EINTR);
    return result == 0 ? 0 : -errno;
}

int mp_reserve(int descriptor, int64_t offset, int64_t byte_count) {
    if (is_too_large(offset + byte_count)) return -EFBIG;
    int result;
    do result = fallocate(descriptor, 0, offset, byte_count); while (result != 0 && errno == EINTR);
    return result == 0 ? 0 : -errno;
}

int mp_punch_hole(int descriptor, int64_t offset, int64_t byte_count) {
    int result;
    do result = fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, byte_count);
    while (result != 0 && errno == EINTR);
    return result == 0 ? 0 : -errno;
}

int mp_add_seals(int descriptor, int seals) { return fcntl(descriptor, F_ADD_SEALS, seals) == 0 ? 0 : -errno; }

int mp_seals(int descriptor) {
    int seals = fcntl(descriptor, F_GET_SEALS);
    return seals < 0 ? -errno : seals;
}

int mp_reopen_read_only(int descriptor) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    return mp_open(path, O_RDONLY, 0);
}

int mp_is_writable(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags < 0 ? -errno : (flags & O_ACCMODE) == O_RDWR;
}

static int copy_facts(const struct stat *status, struct mp_file_facts *facts) {
    facts->byte_count = status->st_size;
    facts->allocated_byte_count = (int64_t)status->st_blocks * 512;
    facts->device = status->st_dev;
    facts->inode = status->st_ino;
    return 0;
}

int mp_file_facts(int descriptor, struct mp_file_facts *facts) {
    struct stat status;
    return fstat(descriptor, &status) == 0 ? copy_facts(&status, facts) : -errno;
}

int mp_path_facts(const char *path, struct mp_file_facts *facts) {
    struct stat status;
    if (stat(path, &status) != 0) return -errno;
    return S_ISREG(status.st_mode) ? copy_facts(&status, facts) : -EINVAL;
}

void *mp_map(int descriptor, size_t byte_count, int writable, int prefault, int *error) {
    int protection = PROT_READ | (writable ? PROT_WRITE : 0);
    int flags = MAP_SHARED | (prefault ? MAP_POPULATE : 0);
    void *address = mmap(NULL, byte_count, protection, flags, descriptor, 0);
    if (address != MAP_FAILED) return address;
    *error = -errno;
    return NULL;
}

void *mp_map_mirrored(int descriptor, size_t head_byte_count, size_t ring_byte_count, int *error) {
    size_t whole = head_byte_count + 2 * ring_byte_count;
    // First the whole range, so that the parts cannot be torn apart by somebody else's mapping in between.
    char *base = mmap(NULL, whole, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED) {
        *error = -errno;
        return NULL;
    }
    int protection = PROT_READ | PROT_WRITE, flags = MAP_SHARED | MAP_FIXED;
    if (mmap(base, head_byte_count + ring_byte_count, protection, flags, descriptor, 0) == MAP_FAILED ||
        mmap(base + head_byte_count + ring_byte_count, ring_byte_count, protection, flags, descriptor,
             (off_t)head_byte_count) == MAP_FAILED) {
        *error = -errno;
        munmap(base, whole);
        return NULL;
    }
    return base;
}

void mp_unmap(void *address, size_t byte_count) { munmap(address, byte_count); }

int mp_advise_huge_pages(void *address, size_t byte_count) {
    return madvise(address, byte_count, MADV_HUGEPAGE) == 0 ? 0 : -errno;
}

int mp_populate(void *address, size_t byte_count) {
    int result;
    do result = madvise(address, byte_count, MADV_POPULATE_WRITE); while (result != 0 && errno == EINTR);
    return result == 0 ? 0 : -errno;
}

ssize_t mp_write_at(int descriptor, const void *bytes, size_t count, int64_t offset) {
    ssize_t written;
    do written = pwrite(descriptor, bytes, count, offset); while (written < 0 && errno == EINTR);
    return written < 0 ? -errno : written;
}

ssize_t mp_read_at(int descriptor, void *bytes, size_t count, int64_t offset) {
    ssize_t got;
    do got = pread(descriptor, bytes, count, offset); while (got < 0 && errno == EINTR);
    return got < 0 ? -errno : got;
}
