// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// A web server for measurements: answers GET /N with document N, a moment later.
//
//     web_server DOCUMENTS BYTES DELAY_MS FILE
//
// Writes its port into the file, serves on the loopback address with keep-alive until it is told to end, a quarter of an hour at
// most. One thread, epoll. Each request waits in a list in order of arrival; all have the same delay, so the list is in order of
// their ends, too. Byte i of document n is letter (7 i + n) modulo 31 of the alphabet below, so that counts can be checked.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { most = 4096 };
static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz ,.\nE";

struct connection {
    int fd;
    char in[4096];
    size_t filled;
    int document; // being answered, or -1
    char head[128];
    size_t head_size, sent;
    int next; // in the list of those that wait
    long long due;
};

static struct connection connections[most];
static int first_waiting = -1, last_waiting = -1;
static int documents, epoll_fd;
static size_t bytes;
static long long delay;
static char *text; // 31 bytes more than a document, for each to begin where its number says

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void drop(struct connection *c) {
    close(c->fd);
    c->fd = -1;
    c->document = -1;
}

static void watch(struct connection *c, int operation, unsigned events) {
    struct epoll_event event = {.events = events, .data.u32 = (unsigned)(c - connections)};
    epoll_ctl(epoll_fd, operation, c->fd, &event);
}

// 7 is the inverse of 9 in the numbers modulo 31: document n begins where the text is n further on.
static const char *content(int n) { return text + (n * 9) % 31; }

static void parse(struct connection *c);

static void answer(struct connection *c) {
    while (c->fd >= 0 && c->sent < c->head_size + bytes) {
        struct iovec parts[2];
        int count = 0;
        if (c->sent < c->head_size) parts[count++] = (struct iovec){c->head + c->sent, c->head_size - c->sent};
        size_t done = c->sent > c->head_size ? c->sent - c->head_size : 0;
        parts[count++] = (struct iovec){(char *)content(c->document) + done, bytes - done};
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = count};
        ssize_t sent = sendmsg(c->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) {
            if (errno == EAGAIN) return watch(c, EPOLL_CTL_MOD, EPOLLOUT);
            return drop(c);
        }
        c->sent += sent;
    }
    c->document = -1;
    watch(c, EPOLL_CTL_MOD, EPOLLIN);
    parse(c);
}

static void parse(struct connection *c) {
    if (c->fd < 0 || c->document >= 0) return;
    char *end = memmem(c->in, c->filled, "\r\n\r\n", 4);
    if (!end) return;
    int n = -1;
    if (sscanf(c->in, "GET /%d", &n) != 1 || n < 0 || n >= documents) return drop(c);
    size_t used = end + 4 - c->in;
    memmove(c->in, c->in + used, c->filled - used);
    c->filled -= used;
    c->document = n;
    c->sent = 0;
    c->head_size = sprintf(c->head, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n", bytes);
    if (delay == 0) return answer(c);
    c->due = now() + delay;
    c->next = -1;
    int index = (int)(c - connections);
    if (last_waiting >= 0) connections[last_waiting].next = index;
    else first_waiting = index;
    last_waiting = index;
}

static void receive(struct connection *c) {
    ssize_t count = recv(c->fd, c->in + c->filled, sizeof c->in - c->filled, MSG_DONTWAIT);
    if (count <= 0) {
        if (count < 0 && errno == EAGAIN) return;
        // One that waits is dropped when its turn comes.
        if (c->document < 0) drop(c);
        else watch(c, EPOLL_CTL_MOD, 0);
        return;
    }
    c->filled += count;
    parse(c);
}

int main(int count, char **arguments) {
    if (count != 5) return 64;
    alarm(900);
    documents = atoi(arguments[1]);
    bytes = atol(arguments[2]);
    delay = (long long)(atof(arguments[3]) * 1e6);
    text = malloc(bytes + 31);
    for (size_t i = 0; i < bytes + 31; i++) text[i] = alphabet[i * 7 % 31];
    for (int i = 0; i < most; i++) connections[i].fd = connections[i].document = -1;

    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) return 71;
    getsockname(listener, (struct sockaddr *)&address, &size);
    FILE *file = fopen(arguments[4], "w");
    if (!file || fprintf(file, "%d\n", ntohs(address.sin_port)) < 0 || fclose(file)) return 74;

    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &(struct epoll_event){.events = EPOLLIN, .data.u32 = most});
    for (;;) {
        struct timespec wait, *limit = NULL;
        if (first_waiting >= 0) {
            long long left = connections[first_waiting].due - now();
            if (left < 0) left = 0;
            wait = (struct timespec){left / 1000000000, left % 1000000000};
            limit = &wait;
        }
        struct epoll_event events[256];
        int ready = epoll_pwait2(epoll_fd, events, 256, limit, NULL);
        for (int i = 0; i < ready; i++) {
            unsigned index = events[i].data.u32;
            if (index == most) {
                int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
                int place = 0;
                while (place < most && connections[place].fd >= 0) place++;
                if (place == most) { close(fd); continue; }
                setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                struct connection *c = &connections[place];
                c->fd = fd;
                c->filled = 0;
                c->document = -1;
                watch(c, EPOLL_CTL_ADD, EPOLLIN);
            } else if (connections[index].fd >= 0) {
                if (events[i].events & EPOLLOUT) answer(&connections[index]);
                else receive(&connections[index]);
            }
        }
        while (first_waiting >= 0 && connections[first_waiting].due <= now()) {
            struct connection *c = &connections[first_waiting];
            first_waiting = c->next;
            if (first_waiting < 0) last_waiting = -1;
            if (c->fd >= 0) answer(c);
        }
    }
}
