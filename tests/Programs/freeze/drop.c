/* Drops and takes the GIL, and calls Python from threads that Python has not made (handing.py, attached.py). */
#include <pthread.h>
#include <sched.h>
#include <unistd.h>
typedef struct _object PyObject;
void *PyEval_SaveThread(void);
void PyEval_RestoreThread(void *state);
int PyGILState_Ensure(void);
void PyGILState_Release(int state);
PyObject *PyObject_CallFunction(PyObject *callable, const char *format, ...);
void Py_IncRef(PyObject *object);
void Py_DecRef(PyObject *object);

void __attribute__((noinline)) freeze_drop(int times)
{
    for (int i = 0; i < times; i++)
    {
        void *state = PyEval_SaveThread();
        if (i & 1)
            sched_yield();
        PyEval_RestoreThread(state);
    }
}

struct start
{
    PyObject *callable;
    long me;
};

/* A new thread state for each call. */
static void *attach_for_ever(void *argument)
{
    struct start start = *(struct start *)argument;
    for (;;)
    {
        int state = PyGILState_Ensure();
        PyObject *result = PyObject_CallFunction(start.callable, "l", start.me);
        if (result)
            Py_DecRef(result);
        PyGILState_Release(state);
        if (!result)
            return 0;
        usleep(50);
    }
}

int freeze_attach(PyObject *callable, long first, int count)
{
    static struct start starts[64];
    if (count > 64)
        return -1;
    for (int i = 0; i < count; i++)
    {
        pthread_t thread;
        Py_IncRef(callable);
        starts[i].callable = callable;
        starts[i].me = first + i;
        if (pthread_create(&thread, 0, attach_for_ever, &starts[i]))
            return -1;
        pthread_detach(thread);
    }
    return 0;
}
