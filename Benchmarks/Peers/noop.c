// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Work without effort between processes, with no library: what the kernel asks for.
//
//     noop pipes COUNT        two workers, a pair of pipes each, 64 messages of 8 bytes under way: a second
//     noop pingpong COUNT     one message of 8 bytes there and back over a pair of sockets: nanoseconds each
//
// The work adds 1. One message a piece: each is read and written by calls of its own, except that the parent takes what
// has arrived at once.

#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { workers = 2, under_way = 64 };

static void require(int holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "noop.c: ");
    perror(what);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

static void work(int input, int output) {
    long number;
    while (read(input, &number, sizeof number) == sizeof number) {
        number++;
        if (write(output, &number, sizeof number) != sizeof number) _exit(1);
    }
    _exit(0);
}

struct worker { int to, from; };

static struct worker start(struct worker *others, int count) {
    int there[2], back[2];
    require(pipe(there) == 0 && pipe(back) == 0, "pipe");
    pid_t pid = fork();
    require(pid >= 0, "fork");
    if (pid == 0) {
        for (int index = 0; index < count; index++) {
            close(others[index].to);
            close(others[index].from);
        }
        close(there[1]);
        close(back[0]);
        work(there[0], back[1]);
    }
    close(there[0]);
    close(back[1]);
    return (struct worker){there[1], back[0]};
}

static void pipes(long count) {
    struct worker pool[workers];
    struct pollfd polls[workers];
    for (int index = 0; index < workers; index++) {
        pool[index] = start(pool, index);
        polls[index] = (struct pollfd){.fd = pool[index].from, .events = POLLIN};
    }
    long sent = 0, received = 0;
    unsigned long sum = 0;
    double began = now();
    for (; sent < under_way && sent < count; sent++) {
        require(write(pool[sent % workers].to, &(long){sent + 1}, sizeof(long)) == sizeof(long), "write");
    }
    while (received < count) {
        require(poll(polls, workers, -1) > 0, "poll");
        for (int index = 0; index < workers; index++) {
            if (!polls[index].revents) continue;
            long answers[under_way];
            ssize_t bytes = read(pool[index].from, answers, sizeof answers);
            require(bytes > 0, "read");
            for (size_t answer = 0; answer < bytes / sizeof(long); answer++) {
                sum += answers[answer];
                received++;
                if (sent == count) continue;
                sent++;
                require(write(pool[index].to, &sent, sizeof sent) == sizeof sent, "write");
            }
        }
    }
    double ended = now();
    for (int index = 0; index < workers; index++) close(pool[index].to);
    while (wait(NULL) > 0) {}
    if (sum != (unsigned long)count * (count + 3) / 2) {
        fprintf(stderr, "noop.c: a wrong sum\n");
        exit(1);
    }
    printf("pipes\t%f\n", count / ((ended - began) / 1e9));
}

static void pingpong(long count) {
    int ends[2];
    require(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0, "socketpair");
    pid_t pid = fork();
    require(pid >= 0, "fork");
    if (pid == 0) {
        close(ends[0]);
        work(ends[1], ends[1]);
    }
    close(ends[1]);
    printf("pingpong\t");
    for (long number = 1; number <= count; number++) {
        long answer = 0;
        double began = now();
        require(write(ends[0], &number, sizeof number) == sizeof number, "write");
        require(read(ends[0], &answer, sizeof answer) == sizeof answer, "read");
        double ended = now();
        require(answer == number + 1, "a wrong answer");
        printf("%.0f ", ended - began);
    }
    printf("\n");
    close(ends[0]);
    wait(NULL);
}

int main(int count, char **arguments) {
    if (count != 3) return 64;
    signal(SIGPIPE, SIG_IGN);
    if (strcmp(arguments[1], "pipes") == 0) pipes(atol(arguments[2]));
    else if (strcmp(arguments[1], "pingpong") == 0) pingpong(atol(arguments[2]));
    else return 64;
    return 0;
}
