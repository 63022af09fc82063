// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Bytes of a file that are looked at where the system keeps them, instead of being copied.
//
// What lies behind a mapping can go away: the file is cut by somebody, or a disk fails. Whoever touches it then is sent SIGBUS,
// which ends the process. Here such a signal is caught: zeros take the place of the mapping, and whoever ends it is told.

#ifndef CMAPPEDFILES_H
#define CMAPPEDFILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Maps bytes of a file for reading, if they are in memory. A thread has one such mapping at a time.
///
/// The offset is a multiple of the page size. NULL with errno EAGAIN where the first or the last byte would have to be waited for, as
/// far as the file system says (many do not); with what the system said where it cannot be done.
const void *mf_map(int descriptor, uint64_t offset, size_t count);

/// Ends the calling thread's mapping. False if it lost bytes since it was made: zeros were read instead of what was lost, and perhaps
/// of other bytes.
bool mf_unmap(void);

#endif
