// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CMultiprocessing.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#define WAIT_BY_PIDFD 3  // P_PIDFD, an enumerator that older headers lack

int mp_pidfd_open(pid_t pid) {
    int descriptor = (int)syscall(SYS_pidfd_open, pid, 0);  // close-on-exec by itself
    return descriptor < 0 ? -errno : descriptor;
}

int mp_pidfd_send_signal(int pidfd, int signal) {
    return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) == 0 ? 0 : -errno;
}

#ifndef PIDFD_SIGNAL_PROCESS_GROUP
#define PIDFD_SIGNAL_PROCESS_GROUP 4
#endif

// By the handle (Linux 6.9), which cannot hit another group that came to bear the same number.
int mp_pidfd_kill_group(int pidfd) {
    return syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, PIDFD_SIGNAL_PROCESS_GROUP) == 0 ? 0 : -errno;
}

static int64_t microseconds(struct timeval time) { return (int64_t)time.tv_sec * 1000000 + time.tv_usec; }

// What a worker that has ended started and left running. The group keeps its number for as long as anybody is in it; one
// that nobody leads or is in has none of ours to hit.
void mp_kill_rest_of_group(pid_t leader) { kill(-leader, SIGKILL); }

// The raw call, because the C library's waitid drops the fifth argument: what the child used.
int mp_wait(int pidfd, int block, struct mp_exit_record *record) {
    siginfo_t info;
    struct rusage usage;
    memset(&info, 0, sizeof info);
    memset(&usage, 0, sizeof usage);
    memset(record, 0, sizeof *record);
    int options = WEXITED | (block ? 0 : WNOHANG);
    // Looked at first, and reaped when its group is gone: until then nobody else can have its number.
    if (syscall(SYS_waitid, WAIT_BY_PIDFD, pidfd, &info, options | WNOWAIT, NULL) != 0) return -errno;
    if (info.si_pid == 0) return -EAGAIN;
    mp_kill_rest_of_group(info.si_pid);
    if (syscall(SYS_waitid, WAIT_BY_PIDFD, pidfd, &info, options, &usage) != 0) return -errno;
    if (info.si_pid == 0) return -EAGAIN;
    record->known = 1;
    record->signaled = info.si_code != CLD_EXITED;
    record->status = info.si_status;
    record->dumped_core = info.si_code == CLD_DUMPED;
    record->user_microseconds = microseconds(usage.ru_utime);
    record->system_microseconds = microseconds(usage.ru_stime);
    record->peak_memory_bytes = (int64_t)usage.ru_maxrss * 1024;
    return 0;
}

// PIDFD_GET_INFO with PIDFD_INFO_EXIT (Linux 6.15): the one way to learn how a process ended whose parent is gone.
// The structure as of its first version; the kernel copies no more than the size that the request number carries.
struct pidfd_info_v2 {
    uint64_t mask;
    uint64_t cgroupid;
    uint32_t pid, tgid, ppid, ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
    int32_t exit_code;
};

int mp_exit_info(int pidfd, struct mp_exit_record *record) {
    struct pidfd_info_v2 info;
    memset(&info, 0, sizeof info);
    memset(record, 0, sizeof *record);
    const uint64_t exit_mask = 1u << 3;
    info.mask = exit_mask;
    if (ioctl(pidfd, _IOWR(0xFF, 11, struct pidfd_info_v2), &info) != 0) return -errno;
    if (!(info.mask & exit_mask)) return -ENODATA;
    record->known = 1;
    record->signaled = WIFSIGNALED(info.exit_code);
    record->status = record->signaled ? WTERMSIG(info.exit_code) : WEXITSTATUS(info.exit_code);
    record->dumped_core = record->signaled && WCOREDUMP(info.exit_code);
    return 0;
}



int mp_thread_count(void) {
    DIR *folder = opendir("/proc/self/task");
    if (folder == NULL) return -errno;
    int count = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

int mp_affinity_count(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : -errno;
}

int mp_current_processor(void) {
    int processor = sched_getcpu();
    return processor < 0 ? 0 : processor;
}

// On Linux the main thread's name is the process's, and prctl names the calling thread.
void mp_set_thread_name(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

const char *mp_signal_name(int signal) { return sigabbrev_np(signal); }
