// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// The floor of starting a child: what the kernel asks for, without any library.
//
//     start fork|spawn|forkserver COUNT
//     start forkserver+handle COUNT        the server answers with the child's number and a handle on it (pidfd)
//     start spawn=PROGRAM COUNT            this program, which does the same with "measure answer" as arguments
//
// Each child squares a number and ends. The answer is within the measured time, the end of the child is not.

#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void require(int holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "start.c: ");
    perror(what);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

// MARK: The child

static void answer(int socket) {
    long number;
    if (read(socket, &number, sizeof number) != sizeof number) _exit(1);
    number *= number;
    if (write(socket, &number, sizeof number) != sizeof number) _exit(1);
    _exit(0);
}

// MARK: The server

static int control = -1;
static int answers_with_handle = 0;

static void send_socket(int over, int socket) {
    char byte = 0;
    struct iovec part = {&byte, 1};
    union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } space = {0};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &space, .msg_controllen = sizeof space};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(head), &socket, sizeof(int));
    require(sendmsg(over, &message, MSG_NOSIGNAL) == 1, "sendmsg");
}

static int receive_socket(int over) {
    char byte;
    struct iovec part = {&byte, 1};
    union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } space;
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &space, .msg_controllen = sizeof space};
    if (recvmsg(over, &message, MSG_CMSG_CLOEXEC) != 1) return -1;
    int socket;
    memcpy(&socket, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof socket);
    return socket;
}

static void serve(int over) {
    for (int socket; (socket = receive_socket(over)) >= 0;) {
        pid_t pid = fork();
        require(pid >= 0, "fork");
        if (pid == 0) answer(socket);
        close(socket);
        if (answers_with_handle) {
            int handle = (int)syscall(SYS_pidfd_open, pid, 0);
            require(handle >= 0, "pidfd_open");
            send_socket(over, handle);
            close(handle);
        }
        int status;
        require(waitpid(pid, &status, 0) == pid, "waitpid");
        require(write(over, &status, sizeof status) == sizeof status, "write");
    }
    _exit(0);
}

static void start_server(void) {
    int ends[2];
    require(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0, "socketpair");
    pid_t pid = fork();
    require(pid >= 0, "fork");
    if (pid == 0) {
        close(ends[0]);
        serve(ends[1]);
    }
    close(ends[1]);
    control = ends[0];
}

// MARK: The parent

static pid_t spawn(const char *program, char **arguments, int socket) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, socket, 3);
    pid_t pid;
    require(posix_spawn(&pid, program, &actions, NULL, arguments, environ) == 0, "posix_spawn");
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

static pid_t fork_child(int socket, int ours) {
    pid_t pid = fork();
    require(pid >= 0, "fork");
    if (pid == 0) {
        close(ours);
        answer(socket);
    }
    return pid;
}

static pid_t spawn_self(int socket) {
    char *arguments[] = {"start", "child", NULL};
    return spawn("/proc/self/exe", arguments, socket);
}

static pid_t spawn_other(const char *program, int socket) {
    char *arguments[] = {"benchmarks", "measure", "answer", NULL};
    return spawn(program, arguments, socket);
}

static double start_one(const char *method, long number) {
    double began = now();
    int ends[2], status = -1, handle = -1;
    pid_t pid = 0;
    require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "socketpair");
    require(send(ends[0], &number, sizeof number, MSG_NOSIGNAL) == sizeof number, "send");
    if (strcmp(method, "fork") == 0) pid = fork_child(ends[1], ends[0]);
    else if (strcmp(method, "spawn") == 0) pid = spawn_self(ends[1]);
    else if (strncmp(method, "spawn=", 6) == 0) pid = spawn_other(method + 6, ends[1]);
    else send_socket(control, ends[1]);
    close(ends[1]);
    if (answers_with_handle) require((handle = receive_socket(control)) >= 0, "recvmsg");
    long square = 0;
    require(read(ends[0], &square, sizeof square) == sizeof square, "read");
    double ended = now();
    if (pid != 0) require(waitpid(pid, &status, 0) == pid, "waitpid");
    else require(read(control, &status, sizeof status) == sizeof status, "read");
    close(ends[0]);
    if (handle >= 0) close(handle);
    if (square == number * number && status == 0) return ended - began;
    fprintf(stderr, "start.c: %ld squared is not %ld (status %d)\n", number, square, status);
    exit(1);
}

int main(int count, char **arguments) {
    if (count == 2 && strcmp(arguments[1], "child") == 0) answer(3);
    if (count != 3) return 64;
    answers_with_handle = strcmp(arguments[1], "forkserver+handle") == 0;
    if (strncmp(arguments[1], "forkserver", 10) == 0) start_server();
    start_one(arguments[1], 0);
    printf("%s\t", strncmp(arguments[1], "spawn=", 6) == 0 ? "spawn=" : arguments[1]);
    for (long number = 1; number <= atol(arguments[2]); number++) printf("%.0f ", start_one(arguments[1], number));
    printf("\n");
    return 0;
}
