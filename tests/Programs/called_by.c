/* C functions that call a Python function, each called by one Python function only (called_by.py). */
#include <unistd.h>
typedef struct _object PyObject;
PyObject *PyObject_CallObject(PyObject *callable, PyObject *arguments);
void Py_DecRef(PyObject *object);

static void __attribute__((noinline)) call(PyObject *callable)
{
    usleep(200);
    Py_DecRef(PyObject_CallObject(callable, 0));
    usleep(200);
}

void __attribute__((noinline)) nat_b(PyObject *callable) { call(callable); __asm__ volatile(""); }
void __attribute__((noinline)) nat_d(PyObject *callable) { call(callable); __asm__ volatile("nop"); }
