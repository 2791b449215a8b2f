/* fail_malloc.so, preloaded: the allocation number FAIL_MALLOC_AT fails, all others succeed. Counts
 * into FAIL_MALLOC_COUNT_FILE at exit. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static unsigned long count, fail_at;
static void *(*real_malloc)(size_t), *(*real_calloc)(size_t, size_t),
    *(*real_realloc)(void *, size_t);

__attribute__((constructor)) static void begin(void) {
    const char *at = getenv("FAIL_MALLOC_AT");
    fail_at = at ? strtoul(at, NULL, 10) : 0;
    count = 0;
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("FAIL_MALLOC_COUNT_FILE");
    if (!path) return;
    FILE *file = fopen(path, "w");
    if (!file) return;
    fprintf(file, "%lu\n", count);
    fclose(file);
}

static int fails(void) {
    if (++count != fail_at) return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size) {
    if (!real_malloc) real_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
    return fails() ? NULL : real_malloc(size);
}

void *realloc(void *memory, size_t size) {
    if (!real_realloc) real_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
    return fails() ? NULL : real_realloc(memory, size);
}

void *calloc(size_t n, size_t size) {
    if (!real_calloc) real_calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
    return fails() ? NULL : real_calloc(n, size);
}
