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

#define MOST_DESCRIPTORS 8

union control_buffer {
    struct cmsghdr header;  // for its alignment
    char bytes[CMSG_SPACE(sizeof(int) * MOST_DESCRIPTORS)];
};

ssize_t mp_send_with_descriptors(int socket, const void *bytes, size_t count, const int *descriptors,
                                 size_t descriptor_count) {
    if (descriptor_count > MOST_DESCRIPTORS) return -EINVAL;
    union control_buffer control;
    memset(&control, 0, sizeof control);
    struct iovec part = {(void *)bytes, count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (descriptor_count > 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * descriptor_count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * descriptor_count);
        memcpy(CMSG_DATA(header), descriptors, sizeof(int) * descriptor_count);
    }
    ssize_t sent;
    do sent = sendmsg(socket, &message, MSG_NOSIGNAL); while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

ssize_t mp_receive_with_descriptors(int socket, void *bytes, size_t count, int *descriptors,
                                    size_t *descriptor_count) {
    union control_buffer control;
    struct iovec part = {bytes, count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    size_t room = *descriptor_count, came = 0;
    *descriptor_count = 0;
    ssize_t received;
    do received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC); while (received < 0 && errno == EINTR);
    if (received < 0) return -errno;
    for (struct cmsghdr *h = CMSG_FIRSTHDR(&message); h != NULL; h = CMSG_NXTHDR(&message, h)) {
        if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS) continue;
        size_t n = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < n; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(h) + i * sizeof(int), sizeof(int));
            if (came < room) descriptors[came++] = descriptor;
            else close(descriptor);  // nobody asked for it: keep nothing that nobody knows of
        }
    }
    *descriptor_count = came;
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
