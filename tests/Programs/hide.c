/* Replaces a mapping by an anonymous copy of itself: nothing then tells which file it was. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>

int hide(unsigned long start, unsigned long length, int protection)
{
    void *copy = mmap(0, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (copy == MAP_FAILED)
        return 1;
    memcpy(copy, (void *)start, length);
    return mprotect(copy, length, protection)
        || mremap(copy, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)start) == MAP_FAILED;
}
