// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// The record of a crash: where the thread was that a worker dies of.
//
// A worker's parent reads its standard error in any case, so the record is one line there, which the parent takes out
// again and gives names to: both are the same program. The line is at most what a pipe takes in one piece:
//
//     0x1e "mp-crash1 " PID " " SIGNAL { " " ADDRESS ":" OFFSET ":" IMAGE } { 0x1f NAME } "\n"
//
// Numbers are hexadecimal but for PID, SIGNAL and IMAGE, which is the place of the image's name behind them; the
// program's own name is empty. An address of a caller is the last byte of its call.
//
// Everything here runs in a signal handler, in a process whose memory may be broken: no allocation, no lock, no buffered
// output. The unwinder finds an address's tables without a lock where glibc has _dl_find_object (2.35); before that
// it could wait for ever for the loader's lock, so nothing is recorded there.

#define _GNU_SOURCE
#include "CMultiprocessing.h"

#include <dlfcn.h>
#include <link.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <unwind.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER 1
#endif

#if !defined(HAS_SANITIZER) && defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 35)
#define CAN_RECORD 1
#endif
#endif

#ifdef CAN_RECORD

#define MOST_FRAMES 48
#define MOST_IMAGES 12
#define LONGEST_NAME 190

static const int crashes[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
#define CRASH_COUNT (sizeof crashes / sizeof crashes[0])

// One thread records, then the process is gone: static memory will do, and spares the small stack.
static struct {
    uintptr_t addresses[MOST_FRAMES];
    int count;
    int is_below_handler;
} stack;

static const char *images[MOST_IMAGES];
static int image_count;

// 48 frames of at most 33 bytes, 12 names of 191 and the head: less than PIPE_BUF.
static char line[4096];
static size_t length;

// The stack for a thread that has none left. The kernel alone puts up to 11 KiB there, the unwinder some more. It costs
// nothing before it is used.
static char room[96u << 10];

static pid_t recording_thread;
static sigjmp_buf way_out;

// Which pipe standard error was in the beginning: work may have put something else in its place.
static dev_t pipe_device;
static ino_t pipe_number;

static _Unwind_Reason_Code visit(struct _Unwind_Context *context, void *unused) {
    (void)unused;
    int is_interrupted = 0;
    uintptr_t address = _Unwind_GetIPInfo(context, &is_interrupted);
    // Above the frame that the signal came to are this file's own.
    if (is_interrupted) stack.is_below_handler = 1;
    if (!stack.is_below_handler) return _URC_NO_REASON;
    if (address == 0 || stack.count == MOST_FRAMES) return _URC_END_OF_STACK;
    stack.addresses[stack.count++] = is_interrupted ? address : address - 1;
    return _URC_NO_REASON;
}

static void put(const char *text) {
    size_t count = strlen(text);
    if (count > sizeof line - 1 - length) return;
    memcpy(line + length, text, count);
    length += count;
}

static void put_number(uintptr_t number, unsigned base) {
    char digits[24];
    size_t at = sizeof digits - 1;
    digits[at] = 0;
    do digits[--at] = "0123456789abcdef"[number % base]; while ((number /= base) != 0);
    put(digits + at);
}

// The image's place in the list; -1 when there is none or no room.
static int image_index(const char *name) {
    for (int index = 0; index < image_count; index++)
        if (strcmp(images[index], name) == 0) return index;
    if (image_count == MOST_IMAGES || strlen(name) > LONGEST_NAME) return -1;
    for (const char *next = name; *next != 0; next++)
        if ((unsigned char)*next < ' ') return -1;
    images[image_count] = name;
    return image_count++;
}

static void put_frame(uintptr_t address) {
    struct dl_find_object found;
    int image = -1;
    uintptr_t offset = 0;
    if (_dl_find_object((void *)address, &found) == 0) {
        image = image_index(found.dlfo_link_map->l_name);
        offset = address - found.dlfo_link_map->l_addr;
    }
    put(" ");
    put_number(address, 16);
    if (image < 0) return;
    put(":");
    put_number(offset, 16);
    put(":");
    put_number((uintptr_t)image, 10);
}

static void write_record(int number) {
    struct stat status;
    if (fstat(2, &status) != 0 || status.st_dev != pipe_device || status.st_ino != pipe_number) return;
    put("\x1emp-crash1 ");
    put_number((uintptr_t)getpid(), 10);
    put(" ");
    put_number((uintptr_t)number, 10);
    for (int index = 0; index < stack.count; index++) put_frame(stack.addresses[index]);
    for (int index = 0; index < image_count; index++) {
        put("\x1f");
        put(images[index]);
    }
    line[length++] = '\n';
    // Nobody may be reading. A pipe that is ready takes this much at once, and a dying process must not wait.
    struct pollfd request = {2, POLLOUT, 0};
    if (poll(&request, 1, 0) == 1 && request.revents == POLLOUT) (void)!write(2, line, length);
}

static void record(int number, siginfo_t *info, void *context) {
    (void)context;
    pid_t me = gettid(), nobody = 0;
    if (!__atomic_compare_exchange_n(&recording_thread, &nobody, me, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        // The stack was so broken that following it failed: what was found so far has to do.
        if (nobody == me) siglongjmp(way_out, 1);
        // Another thread ends this process in a moment.
        for (;;) pause();
    }
    if (sigsetjmp(way_out, 1) == 0) _Unwind_Backtrace(visit, NULL);
    write_record(number);
    for (size_t index = 0; index < CRASH_COUNT; index++) signal(crashes[index], SIG_DFL);
    // A faulty instruction is met again after the return, and a core file then shows it and nothing of this. A signal
    // that was sent, or a trap's, which lies behind it, must be sent again.
    if (info->si_code <= 0 || number == SIGTRAP) raise(number);
}

static _Unwind_Reason_Code stop_at_once(struct _Unwind_Context *context, void *unused) {
    (void)context;
    (void)unused;
    return _URC_END_OF_STACK;
}

void mp_prepare_crash_records(void) { _Unwind_Backtrace(stop_at_once, NULL); }

void mp_record_crashes(void) {
    struct stat status;
    if (fstat(2, &status) != 0 || !S_ISFIFO(status.st_mode)) return;
    pipe_device = status.st_dev;
    pipe_number = status.st_ino;
    // This thread's, which runs the work; others record on their own stacks, unless these have overflowed.
    stack_t alternate = {.ss_sp = room, .ss_size = sizeof room};
    sigaltstack(&alternate, NULL);
    struct sigaction action = {.sa_sigaction = record, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    for (size_t index = 0; index < CRASH_COUNT; index++) {
        struct sigaction before;
        // Whoever was here first knows why: the language's own backtracer, for example.
        if (sigaction(crashes[index], &action, &before) == 0 && before.sa_handler != SIG_DFL)
            sigaction(crashes[index], &before, NULL);
    }
}

int mp_can_record_crashes(void) { return 1; }

#else

void mp_prepare_crash_records(void) {}
void mp_record_crashes(void) {}
int mp_can_record_crashes(void) { return 0; }

#endif
