// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Names of functions by their place in a program's file. The loader's own dladdr knows exported symbols only, which a
// Swift program's are not; the file has a table of all of them, unless it was stripped.

#define _GNU_SOURCE
#include "CMultiprocessing.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct image {
    const unsigned char *bytes;
    size_t size;
};

// NULL unless the whole range lies within the file and is aligned.
static const void *range(struct image image, uint64_t offset, uint64_t count, uint64_t size) {
    if (offset > image.size || offset % sizeof(ElfW(Addr)) != 0) return NULL;
    if (size != 0 && count > (image.size - offset) / size) return NULL;
    return image.bytes + offset;
}

static void look_up(struct image image, const ElfW(Shdr) *table, const ElfW(Shdr) *texts, struct mp_symbol *symbols,
                    size_t count) {
    size_t entries = table->sh_size / sizeof(ElfW(Sym));
    const ElfW(Sym) *entry = range(image, table->sh_offset, entries, sizeof *entry);
    if (entry == NULL || texts->sh_offset > image.size || texts->sh_size > image.size - texts->sh_offset) return;
    const char *text = (const char *)image.bytes + texts->sh_offset;
    uint64_t lowest = UINT64_MAX, highest = 0;
    for (size_t index = 0; index < count; index++) {
        if (symbols[index].offset < lowest) lowest = symbols[index].offset;
        if (symbols[index].offset > highest) highest = symbols[index].offset;
    }
    for (size_t at = 0; at < entries; at++, entry++) {
        if ((entry->st_info & 0xf) != STT_FUNC || entry->st_shndx == SHN_UNDEF) continue;
        if (entry->st_value > highest || entry->st_value + entry->st_size <= lowest) continue;
        if (entry->st_name >= texts->sh_size) continue;
        size_t room = texts->sh_size - entry->st_name;
        for (size_t index = 0; index < count; index++) {
            struct mp_symbol *symbol = &symbols[index];
            if (symbol->name != NULL || symbol->offset < entry->st_value) continue;
            if (symbol->offset - entry->st_value >= entry->st_size) continue;
            symbol->start = entry->st_value;
            symbol->name = strndup(text + entry->st_name, room);
        }
    }
}

static void look_up_all(struct image image, struct mp_symbol *symbols, size_t count) {
    const ElfW(Ehdr) *head = range(image, 0, 1, sizeof *head);
    if (head == NULL || memcmp(head->e_ident, ELFMAG, SELFMAG) != 0) return;
    if (head->e_shentsize != sizeof(ElfW(Shdr))) return;
    const ElfW(Shdr) *sections = range(image, head->e_shoff, head->e_shnum, sizeof *sections);
    if (sections == NULL) return;
    // The table of all symbols first; what is exported may be all that is left.
    const unsigned kinds[] = {SHT_SYMTAB, SHT_DYNSYM};
    for (int kind = 0; kind < 2; kind++)
        for (int index = 0; index < head->e_shnum; index++)
            if (sections[index].sh_type == kinds[kind] && sections[index].sh_link < head->e_shnum)
                look_up(image, &sections[index], &sections[sections[index].sh_link], symbols, count);
}

int mp_find_symbols(const char *path, struct mp_symbol *symbols, size_t count) {
    int file = mp_open(path, O_RDONLY, 0);
    if (file < 0) return file;
    struct stat status;
    struct image image = {MAP_FAILED, 0};
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
        image.size = (size_t)status.st_size;
        image.bytes = mmap(NULL, image.size, PROT_READ, MAP_PRIVATE, file, 0);
    }
    close(file);
    if (image.bytes == MAP_FAILED) return -1;
    look_up_all(image, symbols, count);
    munmap((void *)image.bytes, image.size);
    return 0;
}

/// The runtime's own: a new string for a name of Swift's, NULL for any other.
extern char *swift_demangle(const char *name, size_t length, char *buffer, size_t *size, uint32_t flags);

char *mp_demangled(const char *name) { return swift_demangle(name, strlen(name), NULL, NULL, 0); }
