// Overwrites memory before it goes back to the allocator, whoever gives it back: Swift, libpq, OpenSSL, the HTTP
// client. What held a provider's key for a moment, in whichever buffer of whichever library, is gone when that
// moment is over, and stands in no core and no dump of the heap.
//
// A program that links this has these two functions in the place of glibc's, which they call by the names that
// glibc exports for them. glibc's manual documents replacing the whole allocator only, so this leans on what it
// has exported since it began to: the tests which scan running programs' memory would tell. Wiping also takes
// away the mark by which glibc would notice some blocks that are freed twice; the sanitizers' runs find those.
// With another C library, or under a sanitizer, which brings an allocator of its own, this is empty.

#include "wiping_memory.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define TALLY_SANITIZED 1
#endif
#endif

#if defined(__linux__)
#include <features.h>
#endif

#if defined(__GLIBC__) && !defined(TALLY_SANITIZED)

#include <stddef.h>
#include <string.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void __libc_free(void *block);

// The size of a block with its head and three marks, which glibc keeps in front of it.
static size_t head(const void *block) {
    return ((const size_t *)block)[-1];
}

// Whether a block is a mapping of its own, by the second lowest mark: the kernel takes its pages back, and
// touching those that were never written would only cost memory.
static int is_mapping(const void *block) {
    return (head(block) & 2) != 0;
}

// As malloc_usable_size, without a call, for what is not a mapping: the last word of a block in use is where
// the next one's head begins.
static size_t usable_size(const void *block) {
    return (head(block) & ~(size_t)7) - sizeof(size_t);
}

typedef long long pair __attribute__((vector_size(16)));

static void wipe(void *block) {
    size_t size = usable_size(block);
    if (size <= 256) {
        // Most are small, and calling memset takes longer than this. Blocks begin at multiples of 16, and a
        // word is left at their end.
        char *at = block;
        char *last = at + size - sizeof(size_t);
        for (; at < last; at += sizeof(pair)) {
            *(pair *)at = (pair){0, 0};
            // Otherwise the compiler calls memset here.
            __asm__ volatile("" : : : "memory");
        }
        *(size_t *)last = 0;
    } else {
        memset(block, 0, size);
    }
    // The compiler may not leave out what nobody seems to read.
    __asm__ volatile("" : : "r"(block) : "memory");
}

void free(void *block) {
    if (block == NULL) return;
    if (!is_mapping(block)) wipe(block);
    __libc_free(block);
}

void *realloc(void *block, size_t size) {
    if (block == NULL) return __libc_malloc(size);
    if (size == 0) {
        free(block);
        return NULL;
    }
    // Pages of a mapping are moved, not copied.
    if (is_mapping(block)) return __libc_realloc(block, size);
    size_t usable = usable_size(block);
    if (size <= usable && size >= usable / 2) return block;
    void *moved = __libc_malloc(size);
    if (moved == NULL) return NULL;
    memcpy(moved, block, size < usable ? size : usable);
    free(block);
    return moved;
}

#endif
