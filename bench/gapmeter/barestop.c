/* barestop - what stopping and continuing all threads of a process costs when nothing is done in between.
 *
 * Seizes every thread, then interrupts and awaits them all, then detaches them: the least that any tool
 * which stops its target must do, and the measure that the project's pauses are compared with.
 *
 * Use:  barestop PID [TIMES]      prints one line per time: threads, CLOCK_MONOTONIC at its start in seconds, and the
 *                                pause in microseconds as seen from here
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

#define MOST 100000

static double microseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int list_threads(int pid, int *threads)
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

int main(int argc, char **argv)
{
    static int threads[MOST];
    int pid = argc > 1 ? atoi(argv[1]) : 0;
    int times = argc > 2 ? atoi(argv[2]) : 1;
    for (int n = 0; n < times; n++) {
        int count = list_threads(pid, threads);
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
        for (int i = 0; i < count; i++)
            ptrace(PTRACE_DETACH, threads[i], 0, 0);
        double end = microseconds();
        printf("bare threads=%d start=%.6f pause_us=%.1f\n", count, start / 1e6, end - start);
    }
    return 0;
}
