// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CMultiprocessing.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

union control_buffer {
    struct cmsghdr header;  // for its alignment
    char bytes[CMSG_SPACE(sizeof(int) * MP_MOST_DESCRIPTORS)];
};

ssize_t mp_send_with_descriptors(int socket, const void *bytes, size_t count, const int *descriptors,
                                 size_t descriptor_count, int wait) {
    if (descriptor_count > MP_MOST_DESCRIPTORS) return -EINVAL;
    union control_buffer control;
    struct iovec part = {(void *)bytes, count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (descriptor_count > 0) {
        size_t space = CMSG_SPACE(sizeof(int) * descriptor_count);
        memset(&control, 0, space);
        message.msg_control = control.bytes;
        message.msg_controllen = space;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * descriptor_count);
        memcpy(CMSG_DATA(header), descriptors, sizeof(int) * descriptor_count);
    }
    int flags = MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT);
    ssize_t sent;
    do sent = sendmsg(socket, &message, flags); while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

ssize_t mp_receive_with_descriptors(int socket, void *bytes, size_t count, int wait,
                                    struct mp_received_descriptors *descriptors) {
    union control_buffer control;
    struct iovec part = {bytes, count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    int flags = MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT);
    descriptors->count = 0;
    ssize_t received;
    do received = recvmsg(socket, &message, flags); while (received < 0 && errno == EINTR);
    if (received < 0) return -errno;
    descriptors->are_incomplete = (message.msg_flags & MSG_CTRUNC) != 0;
    descriptors->bytes_are_cut = (message.msg_flags & MSG_TRUNC) != 0;
    for (struct cmsghdr *h = CMSG_FIRSTHDR(&message); h != NULL; h = CMSG_NXTHDR(&message, h)) {
        if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS) continue;
        size_t n = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < n; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(h) + i * sizeof(int), sizeof(int));
            if (descriptors->count < MP_MOST_DESCRIPTORS) descriptors->numbers[descriptors->count++] = descriptor;
            else close(descriptor);  // the kernel sends no more; keep nothing that nobody knows of
        }
    }
    return received;
}

int mp_duplicate_above(int descriptor, int minimum) {
    int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, minimum);
    return copy < 0 ? -errno : copy;
}

int mp_set_nonblocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0) return -errno;
    return 0;
}

int mp_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC) == 0 ? 0 : -errno; }

int mp_open(const char *path, int flags, unsigned mode) {
    int descriptor;
    do descriptor = open(path, flags | O_CLOEXEC, mode); while (descriptor < 0 && errno == EINTR);
    return descriptor < 0 ? -errno : descriptor;
}

int mp_terminal_columns(int descriptor) {
    struct winsize size;
    if (!isatty(descriptor) || ioctl(descriptor, TIOCGWINSZ, &size) != 0) return 0;
    return size.ws_col;
}

int mp_terminal_rows(int descriptor) {
    struct winsize size;
    if (!isatty(descriptor) || ioctl(descriptor, TIOCGWINSZ, &size) != 0) return 0;
    return size.ws_row;
}

ssize_t mp_last_byte(const void *bytes, size_t count, uint8_t byte) {
    const char *found = memrchr(bytes, byte, count);
    return found == NULL ? -1 : found - (const char *)bytes;
}
