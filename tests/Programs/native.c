/* Native code that Python calls and that calls Python, one situation each; loaded with ctypes. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

typedef int (*callback)(int);

__attribute__((visibility("default"))) volatile int sink;

/* Inlined into its callers, twice over. */
static inline __attribute__((always_inline)) int innermost(callback call, int n)
{
    int result = call(n);
    sink += result;
    return result + 1;
}

static inline __attribute__((always_inline)) int middle(callback call, int n)
{
    int result = innermost(call, n + 1);
    sink -= n;
    return result;
}

__attribute__((noinline)) int inlining(callback call, int n)
{
    int result = middle(call, n);
    sink++;
    return result;
}

__attribute__((noinline)) int descend(callback call, int n)
{
    int result = n == 0 ? inlining(call, 0) : descend(call, n - 1) + 1;
    sink += n;
    return result;
}

/* Ends in a call that is made as a jump: this function is not on the stack. */
__attribute__((noinline)) int tail(callback call, int n)
{
    sink = n;
    return descend(call, n);
}

/* A frame whose size is known at run time only, and whose stack is aligned anew. */
__attribute__((noinline)) int aligned(callback call, int n)
{
    volatile char buffer[64] __attribute__((aligned(128)));
    volatile char *more = __builtin_alloca(100 + n);
    memset((void *)buffer, n, sizeof buffer);
    more[n] = 1;
    int result = descend(call, n);
    sink += buffer[3] + more[n];
    return result;
}

static callback saved;

static __attribute__((noinline)) void on_signal(int signal)
{
    sink = signal;
    sink += descend(saved, 1);
}

/* A signal handler, on a stack of its own. */
int in_handler(callback call, int other_stack)
{
    stack_t stack = { .ss_sp = malloc(1 << 20), .ss_size = 1 << 20 };
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = other_stack ? SA_ONSTACK : 0 };
    saved = call;
    if (other_stack)
        sigaltstack(&stack, NULL);
    sigaction(SIGUSR2, &action, NULL);
    pthread_kill(pthread_self(), SIGUSR2);
    return sink;
}

static ucontext_t outside, inside;

static __attribute__((noinline)) void coroutine(void)
{
    sink += descend(saved, 1);
}

/* A stack that is switched by hand. */
int switched(callback call, int n)
{
    void *stack = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    saved = call;
    getcontext(&inside);
    inside.uc_stack.ss_sp = stack;
    inside.uc_stack.ss_size = 1 << 20;
    inside.uc_link = &outside;
    makecontext(&inside, coroutine, 0);
    swapcontext(&outside, &inside);
    return n;
}

static __attribute__((noinline)) int compare(const void *left, const void *right)
{
    descend(saved, 1);
    return *(const int *)left - *(const int *)right;
}

int sorting(callback call, int n)
{
    int numbers[2] = { n, n - 1 };
    saved = call;
    qsort(numbers, 2, sizeof *numbers, compare);
    return numbers[0];
}

static int ends[2];

static __attribute__((noinline)) void wait_for_end(void)
{
    char byte;
    sink += read(ends[0], &byte, 1);
}

static void *body(void *argument)
{
    wait_for_end();
    return argument;
}

/* Threads that Python does not know. */
int threads(callback call, int count)
{
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64 << 10);
    if (pipe(ends) != 0)
        return -1;
    for (int i = 0; i < count; i++)
        pthread_create(&thread, &attributes, body, NULL);
    return call(count);
}
