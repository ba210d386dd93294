/* barestop - what stopping and continuing threads of a process costs when nothing is done in between.
 *
 * Seizes the threads, then interrupts and awaits them all, then detaches them: the least that any tool
 * which stops them must do, and the measure that the project's pauses are compared with.
 *
 * Use:  barestop [-t TID]... [-c PAGES] PID [TIMES]
 *         -t TID     stops this thread only (may be repeated); without it all threads of the process
 *         -c PAGES   copies so many pages of the process's own memory while it is stopped, one process_vm_readv
 *                    segment for each page: what a copy costs at least that has to be made in the pause
 *       prints one line per time: threads, CLOCK_MONOTONIC at its start in seconds, and the pause in
 *       microseconds as seen from here; with -c also the pages that were copied
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST 100000
#define SEGMENTS 1024            /* IOV_MAX of Linux */

static int threads[MOST];
static struct iovec local[MOST], remote[MOST];

static double microseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int list_threads(int pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *folder = opendir(path);
    if (!folder) {
        perror(path);
        exit(1);
    }
    int count = 0;
    for (struct dirent *entry; (entry = readdir(folder)) && count < MOST;)
        if (entry->d_name[0] != '.')
            threads[count++] = atoi(entry->d_name);
    closedir(folder);
    return count;
}

/* Every page of the process's private writable memory that is present, thinned out evenly to `wanted`. */
static int choose_pages(int pid, int wanted)
{
    static uint64_t entries[SEGMENTS];
    size_t size = (size_t)sysconf(_SC_PAGESIZE), room = 0, present = 0;
    char path[64], line[512], flags[8];
    uintptr_t *all = NULL;
    snprintf(path, sizeof path, "/proc/%d/maps", pid);
    FILE *maps = fopen(path, "r");
    snprintf(path, sizeof path, "/proc/%d/pagemap", pid);
    FILE *pagemap = fopen(path, "r");
    if (!maps || !pagemap) {
        perror(path);
        exit(1);
    }
    while (fgets(line, sizeof line, maps)) {
        uintptr_t start, end;
        if (sscanf(line, "%lx-%lx %7s", &start, &end, flags) != 3 || strcmp(flags, "rw-p") != 0)
            continue;
        for (uintptr_t at = start; at < end;) {
            size_t count = (end - at) / size < SEGMENTS ? (end - at) / size : SEGMENTS;
            if (fseek(pagemap, (long)(at / size * sizeof(uint64_t)), SEEK_SET) != 0
                || fread(entries, sizeof(uint64_t), count, pagemap) != count)
                break;
            for (size_t i = 0; i < count; i++) {
                if (!(entries[i] >> 63))          /* bit 63: the page is present (Documentation/admin-guide/mm/pagemap.rst) */
                    continue;
                if (present == room && !(all = realloc(all, (room = room ? 2 * room : 4096) * sizeof *all)))
                    exit(1);
                all[present++] = at + i * size;
            }
            at += count * size;
        }
    }
    fclose(maps);
    fclose(pagemap);
    int count = (size_t)wanted < present ? wanted : (int)present;
    char *copy = count ? malloc((size_t)count * size) : NULL;
    if (count && !copy)
        exit(1);
    if (count)
        memset(copy, 1, (size_t)count * size);    /* so that no page of ours has to be found in the pause */
    for (int i = 0; i < count; i++) {
        local[i].iov_base = copy + (size_t)i * size;
        remote[i].iov_base = (void *)all[present * (size_t)i / (size_t)count];
        local[i].iov_len = remote[i].iov_len = size;
    }
    free(all);
    return count;
}

int main(int argc, char **argv)
{
    int named = 0, wanted = 0;
    for (int option; (option = getopt(argc, argv, "t:c:")) != -1;) {
        if (option == 't' && named < MOST)
            threads[named++] = atoi(optarg);
        else if (option == 'c' && atoi(optarg) <= MOST)
            wanted = atoi(optarg);
        else
            return 2;
    }
    if (optind >= argc)
        return 2;
    int pid = atoi(argv[optind]);
    int times = optind + 1 < argc ? atoi(argv[optind + 1]) : 1;
    int pages = wanted ? choose_pages(pid, wanted) : 0;
    for (int n = 0; n < times; n++) {
        int count = named ? named : list_threads(pid);
        for (int i = 0; i < count; i++)
            if (ptrace(PTRACE_SEIZE, threads[i], 0, 0) != 0) {
                perror("seize");
                return 1;
            }
        double start = microseconds();
        for (int i = 0; i < count; i++)
            ptrace(PTRACE_INTERRUPT, threads[i], 0, 0);
        for (int i = 0; i < count; i++)
            waitpid(threads[i], NULL, __WALL);
        for (int i = 0; i < pages; i += SEGMENTS) {
            unsigned long segments = pages - i < SEGMENTS ? (unsigned long)(pages - i) : SEGMENTS;
            if (process_vm_readv(pid, local + i, segments, remote + i, segments, 0) < 0)
                perror("process_vm_readv");
        }
        for (int i = 0; i < count; i++)
            ptrace(PTRACE_DETACH, threads[i], 0, 0);
        double end = microseconds();
        printf("bare threads=%d start=%.6f pause_us=%.1f", count, start / 1e6, end - start);
        if (wanted)
            printf(" pages=%d", pages);
        putchar(10);
        fflush(stdout);
        if (n + 1 < times)
            nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);   /* the target runs in between */
    }
    return 0;
}
