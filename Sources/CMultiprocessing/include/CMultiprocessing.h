// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Only what Swift cannot say: the entry hook, the fork window, control messages, system calls that glibc 2.36
// does not wrap, and variadic calls. Every function returns 0 or a value on success and -errno on failure, so
// that errno itself never crosses the language border.

#ifndef CMULTIPROCESSING_H
#define CMULTIPROCESSING_H

#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>    // for Swift, whose Glibc module does not hold these two
#include <sys/eventfd.h>
#include <sys/types.h>

// MARK: Entry (entry.c)

/// The environment variable that says "this process is a worker": its value is ROLE:DESCRIPTOR.
#define MP_ROLE_VARIABLE "SWIFT_MULTIPROCESSING_ROLE"

/// Whether the entry hook has run, so that children started by exec will be taken over before `main`.
int mp_entry_hook_is_installed(void);

/// Takes this process over if its environment says that it is a worker, and then does not return.
/// Called by the hook; callable by hand as the first statement of `main` where the hook cannot be (static glibc).
void mp_take_over_if_worker(void);

// MARK: Fork window (fork.c)

/// How a forked child begins; must not return.
typedef void (*mp_child_entry)(void *context);

/// Forks on a new thread and waits for that thread; the child's only thread is a copy of it and calls `entry`.
pid_t mp_fork_on_fresh_thread(mp_child_entry entry, void *context);

/// Forks on the calling thread (for a single-threaded server); returns 0 in the child.
pid_t mp_fork(void);

/// Goes on on a new thread, for a copy of a thread that has run Swift code; the calling one sleeps for good.
_Noreturn void mp_go_on_on_fresh_thread(mp_child_entry entry, void *context);

/// Starts a thread and waits for its end: its stack and its part of the heap are there for the next one.
void mp_leave_thread_behind(void);

/// Closes every descriptor above the standard streams but this one, which becomes number 3, close-on-exec.
int mp_keep_only(int descriptor);

/// Has the kernel kill this process when its parent, which must be single-threaded, ends; ends it now if the parent
/// is not `parent` any more.
void mp_end_with_parent(pid_t parent);

/// Kills a child and the group that it leads.
void mp_kill_group(pid_t leader);

/// Kills what is left of the group that a process led which has ended.
void mp_kill_rest_of_group(pid_t leader);

/// What exec does to signals: handled ones get their default action, ignored ones stay ignored; the mask is emptied.
void mp_reset_signals(void);

/// What a started program gets.
struct mp_spawn_request {
    const char *path;
    char *const *arguments;
    char *const *environment;
    int inherited;       // becomes descriptor 3, and nothing above it is open
    int standard_output;  // becomes descriptor 1; -1: the parent's
    int standard_error;   // becomes descriptor 2; -1: the parent's
};

/// Starts a program in its own process group, standard input from /dev/null, signals as by default.
pid_t mp_spawn(const struct mp_spawn_request *request);

// MARK: Processes (processes.c)

int mp_pidfd_open(pid_t pid);
int mp_pidfd_send_signal(int pidfd, int signal);

/// Kills the group that the process leads; -EINVAL where the kernel cannot (before Linux 6.9).
int mp_pidfd_kill_group(int pidfd);

/// How a child ended, and what it used.
struct mp_exit_record {
    int32_t known;      // 0: nobody could observe how it ended
    int32_t signaled;   // 1: status is a signal, 0: status is an exit code
    int32_t status;
    int32_t dumped_core;
    int64_t user_microseconds;
    int64_t system_microseconds;
    int64_t peak_memory_bytes;
};

/// Waits for the child behind `pidfd` and reaps it. `block` 0: -EAGAIN when it has not ended yet.
int mp_wait(int pidfd, int block, struct mp_exit_record *record);

/// How a process that is not our child ended, where the kernel tells (Linux 6.15); -errno otherwise.
int mp_exit_info(int pidfd, struct mp_exit_record *record);


/// Names the calling thread; 15 bytes are kept.
void mp_set_thread_name(const char *name);

/// KILL for 9, and so on; NULL for a number without a name.
const char *mp_signal_name(int signal);

/// How many processors this process may be scheduled on.
int mp_affinity_count(void);

/// The number of the processor that the calling thread runs on at the moment.
int mp_current_processor(void);

// MARK: Surroundings of a worker (surroundings.c)

enum mp_resource { mp_address_space, mp_processor_time, mp_open_files, mp_core_size, mp_file_size, mp_processes };

/// setrlimit(2); bytes, seconds or a number. UINT64_MAX: no limit.
int mp_set_limit(enum mp_resource resource, uint64_t soft, uint64_t hard);

/// The niceness of every thread of this process.
int mp_set_niceness(int niceness);

/// Names this process, whichever thread calls; 15 bytes are kept.
int mp_set_process_name(const char *name);

/// What ps shows as this process's command line. -errno where the kernel does not let a process say (prctl(2),
/// PR_SET_MM_MAP).
int mp_set_title(const char *title);

/// Sets `CommandLine.arguments` to an array of strings, of which the caller hands on a reference. Only if it can.
void mp_set_swift_arguments(void *array);
int mp_can_set_swift_arguments(void);

/// Has the kernel kill this process when the other end of a socket goes, or anything else arrives there; or no longer.
int mp_end_with_peer(int socket, int begins);

/// Whether close_range(2) is there (Linux 5.9, and no filter against it).
int mp_can_close_ranges(void);
// MARK: Crashes (crash.c, symbols.c)

/// Whether this build can: not under a sanitizer, which has handlers of its own, nor with glibc before 2.35.
int mp_can_record_crashes(void);

/// Has the unwinder do now what it does at its first use; its copies find it done.
void mp_prepare_crash_records(void);

/// From now on a crash of this process writes where it happened to standard error, if that is a pipe, before it ends
/// the process as it would have. For the calling thread also when its stack has overflowed.
void mp_record_crashes(void);

/// A function in a program's file.
struct mp_symbol {
    uint64_t offset;  // a place in it, relative to where the file is loaded
    uint64_t start;   // its beginning
    char *name;       // its name, which is the caller's to free; NULL if there is none
};

/// Fills in start and name wherever the file has a symbol for the offset.
int mp_find_symbols(const char *path, struct mp_symbol *symbols, size_t count);

/// A Swift name as one writes it, the caller's to free; NULL for any other name.
char *mp_demangled(const char *name);

// MARK: Messages with descriptors (descriptors.c)

/// What the kernel sends at once (SCM_MAX_FD).
#define MP_MOST_DESCRIPTORS 253

/// Sends one message, or of a stream as much as fits, with descriptors beside its first byte. Returns the bytes sent.
/// `wait` 0: -EAGAIN when there is no room now.
ssize_t mp_send_with_descriptors(int socket, const void *bytes, size_t count, const int *descriptors,
                                 size_t descriptor_count, int wait);

/// Descriptors that came with a message.
struct mp_received_descriptors {
    int32_t count;
    int32_t are_incomplete;  // some were lost: this process may have no more
    int32_t bytes_are_cut;   // the message had more bytes than there was room for
    int32_t numbers[MP_MOST_DESCRIPTORS];
};

/// Receives one message, or what a stream has, and its descriptors, which are close-on-exec.
/// `wait` 0: -EAGAIN when there is nothing now.
ssize_t mp_receive_with_descriptors(int socket, void *bytes, size_t count, int wait,
                                    struct mp_received_descriptors *descriptors);

/// fcntl(F_DUPFD_CLOEXEC, minimum).
int mp_duplicate_above(int descriptor, int minimum);
int mp_set_nonblocking(int descriptor);

/// poll(2)'s POLLRDHUP, which Swift's Glibc module does not hold.
enum { mp_end_of_peer = 0x2000 };

/// A pipe, close-on-exec on both ends.
int mp_pipe(int ends[2]);

/// Number of threads of this process.
int mp_thread_count(void);

/// open(2), which is variadic.
int mp_open(const char *path, int flags, unsigned mode);

/// Columns of the terminal behind a descriptor, or 0.
int mp_terminal_columns(int descriptor);

/// Likewise its height.
int mp_terminal_rows(int descriptor);

/// Has the C library write standard output at the end of each line, wherever it goes.
void mp_write_output_by_lines(void);

/// The last place of a byte, or -1: GNU's memrchr, which Swift's Glibc module does not hold.
ssize_t mp_last_byte(const void *bytes, size_t count, uint8_t byte);

/// Flushes every C stream: once before a fork (or its child would write the same text again) and before _exit.
void mp_flush_streams(void);

/// Flushes standard output if something waits in it.
void mp_flush_standard_output(void);

// MARK: The main actor in a worker (executor.c)

/// A reference to a serial executor as the runtime passes it: Swift's `UnownedSerialExecutor`.
struct mp_executor_reference {
    uintptr_t identity;
    uintptr_t implementation;
};

/// Makes this the main actor's executor for the rest of the process's life; the executor must live as long.
void mp_replace_main_executor(struct mp_executor_reference executor);

// MARK: Memory that processes share (memory.c)

/// fcntl's seals, which Swift's Glibc module does not hold.
enum { mp_seal_seals = 1, mp_seal_shrink = 2, mp_seal_grow = 4, mp_seal_future_writes = 16 };

/// memfd_create(2), close-on-exec, sealable, never executable. `huge_page_shift`: 0, or log2 of the size of its pages.
int mp_memory_file(const char *name, int huge_page_shift);

/// Opens a new file without a name in a folder (O_TMPFILE), for its user alone.
int mp_open_nameless(const char *folder);

/// Gives an open file, which may have no name yet, a name; fails when there is something of that name.
int mp_link(int descriptor, const char *path);

/// Waits for the file's exclusive lock (flock(2)), which goes with the descriptor.
int mp_lock_file(int descriptor);

int mp_set_file_size(int descriptor, int64_t byte_count);

/// Reserves space, so that touching it later cannot fail.
int mp_reserve(int descriptor, int64_t offset, int64_t byte_count);

/// Gives the space of a range back; it reads as zeros from then on.
int mp_punch_hole(int descriptor, int64_t offset, int64_t byte_count);

int mp_add_seals(int descriptor, int seals);
int mp_seals(int descriptor);

/// A second way to the same file, which cannot be mapped for writing.
int mp_reopen_read_only(int descriptor);

/// 1 if the descriptor may be written to.
int mp_is_writable(int descriptor);

struct mp_file_facts {
    int64_t byte_count;
    int64_t allocated_byte_count;
    uint64_t device;
    uint64_t inode;
};

int mp_file_facts(int descriptor, struct mp_file_facts *facts);

/// The same for what a path leads to, if that is a regular file or something of the kernel's own.
int mp_path_facts(const char *path, struct mp_file_facts *facts);

/// Maps a file from its beginning. NULL on failure, and `*error` is -errno then.
void *mp_map(int descriptor, size_t byte_count, int writable, int prefault, int *error);

/// Maps a head and behind it a ring twice, so that what is written past the ring's end is at its beginning. Both
/// counts are multiples of the page size.
void *mp_map_mirrored(int descriptor, size_t head_byte_count, size_t ring_byte_count, int *error);

void mp_unmap(void *address, size_t byte_count);
int mp_advise_huge_pages(void *address, size_t byte_count);

/// Makes the pages of a range present and writable (Linux 5.14). Full memory is an error and no signal.
int mp_populate(void *address, size_t byte_count);

/// pwrite(2) and pread(2).
ssize_t mp_write_at(int descriptor, const void *bytes, size_t count, int64_t offset);
ssize_t mp_read_at(int descriptor, void *bytes, size_t count, int64_t offset);

// MARK: Waiting and identity (waiting.c)

/// Sleeps while the word has the expected value, until the deadline (nanoseconds of the monotonic clock; negative:
/// none). 0 when woken, -EAGAIN when the word is different, -ETIMEDOUT, -EINTR.
int mp_futex_wait(const uint32_t *word, uint32_t expected, int64_t deadline);

/// Wakes at most `count` sleepers, in whatever process.
int mp_futex_wake(const uint32_t *word, int count);

#define MP_MOST_WATCHED_WORDS 128

struct mp_watched_word {
    const uint32_t *word;
    uint32_t expected;
};

/// The same for several words at once (Linux 5.16). The index of one that was woken, or as above, or -ENOSYS.
int mp_futex_wait_any(const struct mp_watched_word *words, int count, int64_t deadline);

/// Looks at a word up to `turns` times, with the processor's hint for loops that wait; whether it was not as expected.
int mp_spin_while(const uint64_t *word, uint64_t expected, int turns);

int64_t mp_monotonic_nanoseconds(void);

/// Who the calling thread, or this process, is: a number that no other has or will have on this machine. Its two lowest
/// bits are zero, and it is never zero.
uint64_t mp_thread_identity(void);
uint64_t mp_process_identity(void);

/// Whether the thread, or any thread of the process, still runs. Both must live in the same namespace of process numbers.
int mp_thread_is_alive(uint64_t identity);
int mp_process_is_alive(uint64_t identity);

// MARK: Requests to end (interruption.c)

/// From now on the first SIGINT or SIGTERM adds 1 to this eventfd, and the second one has its default action. A signal
/// that this process ignores stays ignored. The descriptor must stay open for the rest of the process's life: a
/// handler may be running at any time.
void mp_take_interruptions(int event_descriptor);

/// Gives both signals the actions back that they had before.
void mp_return_interruptions(void);

/// The signal that came first since they were taken; 0 if none did.
int mp_first_interruption(void);

#endif
