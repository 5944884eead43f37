// What ThreadSanitizer cannot see: a contended `Mutex` of Swift's Synchronization is taken and given
// back within the standard library, which is not instrumented, so that all it guards would look like a
// race. Loaded before that library, this tells the sanitizer of both. The uncontended way is inlined
// into our own code, and seen.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

// Swift passes a method's self in the context register.
#define SELF __attribute__((swift_context)) void *self
#define SWIFT __attribute__((swiftcall))

// Of the sanitizer's runtime, which the program has and its children may not have.
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

// `Synchronization._MutexHandle`'s `_lockSlow(UInt32)` and `_unlockSlow()`.
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void tally_lock_slow(uint32_t thread, SELF) __asm__(LOCK_SLOW);
SWIFT void tally_unlock_slow(SELF) __asm__(UNLOCK_SLOW);

static void *found_next(void *_Atomic *place, const char *name) {
    void *found = *place;
    if (found != NULL) return found;
    found = dlsym(RTLD_NEXT, name);
    if (found == NULL) abort();
    *place = found;
    return found;
}

SWIFT void tally_lock_slow(uint32_t thread, SELF) {
    static void *_Atomic place;
    ((SWIFT void (*)(uint32_t, SELF))found_next(&place, LOCK_SLOW))(thread, self);
    if (__tsan_acquire != NULL) __tsan_acquire(self);
}

SWIFT void tally_unlock_slow(SELF) {
    static void *_Atomic place;
    if (__tsan_release != NULL) __tsan_release(self);
    ((SWIFT void (*)(SELF))found_next(&place, UNLOCK_SLOW))(self);
}
