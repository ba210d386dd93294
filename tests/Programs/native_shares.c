/* C functions whose time is known: each spins for the given time of its thread, and adds what it has really taken (native_shares.py). */
#include <pthread.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

static volatile double sink;
static double taken[3];
static clockid_t worker;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

double __attribute__((noinline)) nat_step(double nanoseconds)
{
    double start = now();
    double end;
    do {
        for (int i = 0; i < 500; i++) {
            sink += i;
        }
        end = now();
    } while (end - start < nanoseconds);
    return end - start;
}

void nat_begin(void) { pthread_getcpuclockid(pthread_self(), &worker); }
void __attribute__((noinline)) nat_alpha(double nanoseconds) { taken[0] += nat_step(nanoseconds); }
void __attribute__((noinline)) nat_beta(double nanoseconds) { taken[1] += nat_step(nanoseconds); __asm__ volatile("nop"); }
void __attribute__((noinline)) nat_gamma(double nanoseconds) { taken[2] += nat_step(nanoseconds); __asm__ volatile("nop; nop"); }

static int __attribute__((noinline)) nat_asleep(int seconds) { return usleep(seconds) + pause() + 1; }
int nat_wait(void) { return nat_asleep(1) + 1; }

double nat_taken(int which)
{
    struct timespec t;
    clock_gettime(worker, &t);
    return which < 3 ? taken[which] : t.tv_sec * 1e9 + t.tv_nsec;
}
