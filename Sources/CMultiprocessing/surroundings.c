// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// What a worker may be given to live in: the calls for which Swift has no words.

#define _GNU_SOURCE
#include "CMultiprocessing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/prctl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

int mp_set_limit(enum mp_resource resource, uint64_t soft, uint64_t hard) {
    static const int numbers[] = {RLIMIT_AS, RLIMIT_CPU, RLIMIT_NOFILE, RLIMIT_CORE, RLIMIT_FSIZE, RLIMIT_NPROC};
    // UINT64_MAX and RLIM_INFINITY are the same number.
    struct rlimit limit = {.rlim_cur = soft, .rlim_max = hard};
    return setrlimit(numbers[resource], &limit) == 0 ? 0 : -errno;
}

// On Linux niceness is a thread's: those that exist get it here, later ones inherit it.
int mp_set_niceness(int niceness) {
    DIR *folder = opendir("/proc/self/task");
    if (folder == NULL) return -errno;
    int result = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.') continue;
        id_t thread = (id_t)atoi(entry->d_name);
        if (setpriority(PRIO_PROCESS, thread, niceness) != 0 && errno != ESRCH) result = -errno;
    }
    closedir(folder);
    return result;
}

// The process bears the name of its first thread, which need not be the calling one; the file is the first one's.
int mp_set_process_name(const char *name) {
    int file = open("/proc/self/comm", O_WRONLY | O_CLOEXEC);
    if (file < 0) return -errno;
    int result = write(file, name, strlen(name)) < 0 ? -errno : 0;
    close(file);
    return result;
}

// The fields of /proc/self/stat that describe this process's memory, by their numbers in proc(5).
static int read_map(struct prctl_mm_map *map) {
    char text[2048];
    int file = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    if (file < 0) return -errno;
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    if (count <= 0) return -EIO;
    text[count] = 0;
    // The second field is the name in parentheses, which may hold blanks and parentheses itself.
    char *next = strrchr(text, ')');
    uint64_t fields[53] = {0};
    int number = 3;
    char *rest = NULL;
    for (char *word = strtok_r(next ? next + 1 : NULL, " ", &rest); word && number < 53; word = strtok_r(NULL, " ", &rest))
        fields[number++] = strtoull(word, NULL, 10);
    if (number < 52) return -EIO;
    *map = (struct prctl_mm_map){
        .start_code = fields[26], .end_code = fields[27], .start_stack = fields[28], .start_data = fields[45],
        .end_data = fields[46], .start_brk = fields[47], .brk = (uint64_t)(uintptr_t)sbrk(0), .arg_start = fields[48],
        .arg_end = fields[49], .env_start = fields[50], .env_end = fields[51], .exe_fd = (uint32_t)-1};
    return 0;
}

// Tells the kernel of another place where the command line stands. The old one is not touched: whoever has a pointer to
// an argument or to the environment may keep it.
int mp_set_title(const char *title) {
    struct prctl_mm_map map;
    int error = read_map(&map);
    if (error != 0) return error;
    // The kernel reads it whenever somebody asks, so it is never freed.
    char *copy = strdup(title);
    if (copy == NULL) return -ENOMEM;
    map.arg_start = (uint64_t)(uintptr_t)copy;
    map.arg_end = map.arg_start + strlen(copy) + 1;
    if (prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof map, 0) == 0) return 0;
    error = -errno;
    free(copy);
    return error;
}

// The setter of `CommandLine.arguments`, which Swift 6 hides from its own programs since it is for one thread alone; a
// worker before its first work has one. Weak: a later runtime may have none, and then the setting is refused by name.
__attribute__((swiftcall)) extern void set_swift_arguments(void *array) __asm__("$ss11CommandLineO9argumentsSaySSGvsZ")
    __attribute__((weak));

int mp_can_set_swift_arguments(void) { return set_swift_arguments != NULL; }

void mp_set_swift_arguments(void *array) { set_swift_arguments(array); }

int mp_end_with_peer(int socket, int begins) {
    // The description is this process's alone, so its flags are nobody else's matter.
    int flags = fcntl(socket, F_GETFL);
    if (flags < 0) return -errno;
    if (!begins) return fcntl(socket, F_SETFL, flags & ~O_ASYNC) == 0 ? 0 : -errno;
    if (fcntl(socket, F_SETOWN, getpid()) != 0 || fcntl(socket, F_SETSIG, SIGKILL) != 0) return -errno;
    if (fcntl(socket, F_SETFL, flags | O_ASYNC) != 0) return -errno;
    // The end may have come just before.
    struct pollfd end = {.fd = socket, .events = POLLRDHUP};
    if (poll(&end, 1, 0) == 1 && end.revents & (POLLRDHUP | POLLHUP)) _exit(1);
    return 0;
}

// An empty range: nothing is closed.
int mp_can_close_ranges(void) { return close_range(~0u, ~0u, 0) == 0; }
