/* gapmeter - how long was this process stopped, as the process itself sees it?
 *
 * One native thread does nothing but read CLOCK_MONOTONIC over and over. Two
 * readings are normally some tens of nanoseconds apart; when the kernel takes
 * the thread off the processor, or a debugger stops it, the next reading is
 * late. The thread keeps the longest of those gaps. It never takes an
 * interpreter's lock, so it runs on however busy or idle the program is.
 *
 * Build:   cc -O2 -Wall -Wextra -shared -fPIC -pthread gapmeter.c -o libgapmeter.so
 * Use:     call gapmeter_start(fd) once, early, from the main thread and before
 *          other threads are made (see gaptarget.py for the call from Python).
 *          kill -USR1 PID   writes one report line to fd and opens a new window;
 *          gapmeter_stop()  writes a last one and ends the thread.
 *
 * A report line:
 *   gapmeter tid=T window=SECONDS reads=N floor_ns=F over_100us=N sum_ms=S max_ms=M top=START+MS,START+MS,...
 *     tid        the meter's own thread
 *     window     seconds since the last report (or the start)
 *     reads      readings taken in it
 *     floor_ns   mean distance of two readings: the meter's own resolution
 *     over_100us number of gaps longer than 100 microseconds, sum_ms their sum
 *     max_ms     the longest gap
 *     top        the longest gaps, longest first; START is the CLOCK_MONOTONIC
 *                second at which the gap began, so that a driver which noted
 *                when its tool ran can tell the tool's gaps from the machine's
 *
 * The meter keeps one processor busy. On a machine with other work to do it
 * measures that work too: always take windows with no tool attached as well.
 *
 * A tool that stops only the thread which holds the interpreter's lock does not
 * stop the meter's thread. For such tools the Python threads themselves read the
 * clock: they call gapmeter_tick() over and over, through ctypes.PyDLL, which
 * keeps the lock. Two ticks that follow each other may come from different
 * threads: a gap is a time in which no thread got on with Python code.
 *          gapmeter_open(path)  makes the file and maps it
 *          gapmeter_tick()      reads the clock, and notes a gap above 5 us
 * The file (native byte order, 64-bit words): how many gaps have been noted, when
 * the last tick was, then a ring of RING pairs (start, length) in nanoseconds of
 * CLOCK_MONOTONIC. A driver maps it and reads it at any time.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define TOP 128                  /* how many of the longest gaps are kept */
#define NOTE_NS 5000             /* gaps below this are not worth sorting in */
#define LONG_NS 100000           /* gaps above this are counted and summed */
#define RING 65536               /* how many of the last gaps between ticks are kept */

struct gap {
    uint64_t start;              /* the reading before the gap */
    uint64_t length;
};

struct window {
    uint64_t opened;
    uint64_t reads;
    uint64_t long_count;
    uint64_t long_sum;
    struct gap top[TOP];         /* longest first */
};

static pthread_t meter;
static int out_fd = 2;
static volatile sig_atomic_t report_wanted;
static atomic_bool stop_wanted;
static atomic_bool running;

static inline uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);       /* vDSO: no system call */
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void on_usr1(int signo)
{
    (void)signo;
    report_wanted = 1;
}

static void note_gap(struct window *w, uint64_t start, uint64_t length)
{
    if (length > LONG_NS) {
        w->long_count++;
        w->long_sum += length;
    }
    if (length <= w->top[TOP - 1].length)
        return;
    int i = TOP - 1;
    while (i > 0 && w->top[i - 1].length < length) {
        w->top[i] = w->top[i - 1];
        i--;
    }
    w->top[i].start = start;
    w->top[i].length = length;
}

static void report(const struct window *w, uint64_t now)
{
    char line[TOP * 40 + 256];
    double seconds = (double)(now - w->opened) / 1e9;
    int n = snprintf(line, sizeof line,
                     "gapmeter tid=%ld window=%.3f reads=%llu floor_ns=%.0f over_100us=%llu sum_ms=%.3f max_ms=%.3f top=",
                     (long)syscall(SYS_gettid), seconds, (unsigned long long)w->reads,
                     w->reads ? seconds * 1e9 / (double)w->reads : 0.0,
                     (unsigned long long)w->long_count, (double)w->long_sum / 1e6,
                     (double)w->top[0].length / 1e6);
    for (int i = 0; i < TOP && w->top[i].length; i++)
        n += snprintf(line + n, sizeof line - (size_t)n, "%s%.6f+%.3f", i ? "," : "",
                      (double)w->top[i].start / 1e9, (double)w->top[i].length / 1e6);
    line[n++] = '\n';
    for (int done = 0; done < n;) {
        ssize_t k = write(out_fd, line + done, (size_t)(n - done));
        if (k <= 0)
            break;
        done += (int)k;
    }
}

static void *run(void *unused)
{
    (void)unused;
    sigset_t usr1;
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    pthread_sigmask(SIG_UNBLOCK, &usr1, NULL);   /* this thread alone takes it */

    struct window w;
    memset(&w, 0, sizeof w);
    uint64_t last = w.opened = now_ns();
    while (!atomic_load_explicit(&stop_wanted, memory_order_relaxed)) {
        uint64_t now = now_ns();
        uint64_t length = now - last;
        w.reads++;
        if (length > NOTE_NS)
            note_gap(&w, last, length);
        last = now;
        if (report_wanted) {
            report_wanted = 0;
            report(&w, now);
            memset(&w, 0, sizeof w);
            last = w.opened = now_ns();          /* writing the report is no gap */
        }
    }
    report(&w, now_ns());
    return NULL;
}

/* Start the meter; reports go to fd. Threads the caller makes later inherit
 * its blocked SIGUSR1, so the signal never disturbs their sleeps.
 * Returns 0, or an error number. */
int gapmeter_start(int fd)
{
    if (atomic_exchange(&running, 1))
        return 0;
    out_fd = fd;

    struct sigaction sa;
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = on_usr1;
    sa.sa_flags = SA_RESTART;
    sigemptyset(&sa.sa_mask);
    if (sigaction(SIGUSR1, &sa, NULL) != 0)
        return -1;

    sigset_t usr1;
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &usr1, NULL);
    return pthread_create(&meter, NULL, run, NULL);
}

/* Write a last report and end the meter. */
void gapmeter_stop(void)
{
    if (!atomic_exchange(&running, 0))
        return;
    atomic_store(&stop_wanted, 1);
    pthread_join(meter, NULL);
    atomic_store(&stop_wanted, 0);
}

struct ring {
    _Atomic uint64_t count;      /* noted so far; the last one is at (count - 1) % RING */
    _Atomic uint64_t last;       /* when the last tick was */
    struct gap gaps[RING];
};

static struct ring *ring;

/* Make the file of the gaps between ticks. Returns 0, or -1. */
int gapmeter_open(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
    if (fd < 0 || ftruncate(fd, sizeof(struct ring)) != 0)
        return -1;
    void *mapped = mmap(NULL, sizeof(struct ring), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (mapped == MAP_FAILED)
        return -1;
    memset(mapped, 0, sizeof(struct ring));      /* no page is missing later */
    ring = mapped;
    return 0;
}

/* The caller holds the interpreter's lock: one tick at a time. */
void gapmeter_tick(void)
{
    uint64_t now = now_ns();
    uint64_t last = atomic_load_explicit(&ring->last, memory_order_relaxed);
    if (now - last > NOTE_NS && last != 0) {
        uint64_t count = atomic_load_explicit(&ring->count, memory_order_relaxed);
        ring->gaps[count % RING].start = last;
        ring->gaps[count % RING].length = now - last;
        atomic_store_explicit(&ring->count, count + 1, memory_order_release);
    }
    atomic_store_explicit(&ring->last, now, memory_order_release);
}

#ifdef GAPMETER_MAIN
/* cc -O2 -DGAPMETER_MAIN -pthread gapmeter.c -o gapmeter: a stand-alone target
 * without an interpreter, and the way to see a machine's own noise:
 *   ./gapmeter SECONDS    one report after that time, or at SIGUSR1. */
#include <stdlib.h>
int main(int argc, char **argv)
{
    unsigned left = argc > 1 ? (unsigned)atoi(argv[1]) : 10;
    if (gapmeter_start(1) != 0)
        return 1;
    while (left)
        left = sleep(left);
    gapmeter_stop();
    return 0;
}
#endif
