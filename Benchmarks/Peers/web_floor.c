// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// The least that a client can do: gets documents 0 to N - 1 over so many connections that stay open, with one thread and epoll,
// and counts their bytes with four tables.
//
//     web_floor PORT DOCUMENTS CONNECTIONS
//
// Prints the letters as the tool does: letter,count.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct connection { int fd; size_t left, head; char start[512]; };
static uint32_t tables[4][256];
static uint64_t sums[256];
static size_t since;

static void fold(void) {
    for (int t = 0; t < 4; t++)
        for (int b = 0; b < 256; b++) { sums[b] += tables[t][b]; tables[t][b] = 0; }
    since = 0;
}

static void add(const unsigned char *p, size_t n) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4) { tables[0][p[i]]++; tables[1][p[i + 1]]++; tables[2][p[i + 2]]++; tables[3][p[i + 3]]++; }
    for (; i < n; i++) tables[0][p[i]]++;
    if ((since += n) > 1 << 30) fold();
}

int main(int count, char **arguments) {
    if (count != 4) return 64;
    int port = atoi(arguments[1]), documents = atoi(arguments[2]), n = atoi(arguments[3]), next = 0, done = 0, one = 1;
    if (n > documents) n = documents;
    struct connection *connections = calloc(n, sizeof *connections);
    static char buffer[256 << 10];
    int epoll_fd = epoll_create1(0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (int i = 0; i < n; i++) {
        int fd = connections[i].fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(fd, (struct sockaddr *)&address, sizeof address)) return 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLIN, .data.u32 = i});
        dprintf(fd, "GET /%d HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", next++);
    }
    while (done < documents) {
        struct epoll_event events[256];
        int ready = epoll_wait(epoll_fd, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            struct connection *c = &connections[events[i].data.u32];
            ssize_t got = recv(c->fd, buffer, sizeof buffer, MSG_DONTWAIT);
            if (got == 0) return 1;
            if (got < 0) continue;
            size_t used = 0;
            if (c->left == 0) {
                if (c->head + got >= sizeof c->start) used = sizeof c->start - 1 - c->head; else used = got;
                memcpy(c->start + c->head, buffer, used);
                c->start[c->head + used] = 0;
                char *end = strstr(c->start, "\r\n\r\n"), *length = strcasestr(c->start, "content-length:");
                if (!end) { c->head += used; continue; }
                if (!length) return 1;
                used = end + 4 - c->start - c->head;
                c->left = strtoul(length + 15, NULL, 10);
                c->head = 0;
            }
            add((unsigned char *)buffer + used, got - used);
            c->left -= got - used;
            if (c->left == 0) {
                done++;
                if (next < documents) dprintf(c->fd, "GET /%d HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", next++);
            }
        }
    }
    fold();
    for (int letter = 'a'; letter <= 'z'; letter++)
        printf("%c,%llu\n", letter, (unsigned long long)(sums[letter] + sums[letter - 'a' + 'A']));
}
