/* Runs Python with the calling thread's state in another OS thread, as programs do that embed Python and have one state for all their threads. */
#include <pthread.h>

extern void *PyEval_SaveThread(void);
extern void PyEval_RestoreThread(void *);
extern int PyRun_SimpleStringFlags(const char *, void *);

static void *state;
static const char *code;

static void *elsewhere(void *unused)
{
    (void)unused;
    PyEval_RestoreThread(state);
    PyRun_SimpleStringFlags(code, 0);
    state = PyEval_SaveThread();
    return 0;
}

int run_elsewhere(const char *text)
{
    pthread_t thread;
    code = text;
    state = PyEval_SaveThread();
    if (pthread_create(&thread, 0, elsewhere, 0) != 0)
        return 1;
    pthread_join(thread, 0);
    PyEval_RestoreThread(state);
    return 0;
}
