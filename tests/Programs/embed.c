/* A program of its own that has Python inside, as servers have it.
 *
 *   embed [--load LIBRARY] [--memfd] --run LIBRARY ARGUMENT...
 *
 * --load maps a libpython and never initialises it. --memfd maps the one to run from memory, under a name that says nothing.
 * --run calls the interpreter's main function with the arguments.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *in_memory(const char *path)
{
    static char name[64];
    static char buffer[1 << 16];
    int from = open(path, O_RDONLY), to = memfd_create("engine", 0);
    for (ssize_t count; (count = read(from, buffer, sizeof buffer)) > 0;)
        if (write(to, buffer, (size_t)count) != count)
            return path;
    close(from);
    snprintf(name, sizeof name, "/proc/self/fd/%d", to);
    return name;
}

int main(int argc, char **argv)
{
    int memfd = 0, at = 1;
    for (; at + 1 < argc && strcmp(argv[at], "--run") != 0; at++) {
        if (strcmp(argv[at], "--memfd") == 0)
            memfd = 1;
        else if (strcmp(argv[at], "--load") == 0 && !dlopen(argv[++at], RTLD_NOW | RTLD_LOCAL)) {
            fprintf(stderr, "%s\n", dlerror());
            return 2;
        }
    }
    if (at + 1 >= argc)
        return 2;
    const char *library = argv[at + 1];
    void *python = dlopen(memfd ? in_memory(library) : library, RTLD_NOW | RTLD_GLOBAL);
    if (!python) {
        fprintf(stderr, "%s\n", dlerror());
        return 2;
    }
    argv[at + 1] = argv[0];
    argc -= at + 1;
    argv += at + 1;
    int (*run)(int, char **) = (int (*)(int, char **))dlsym(python, "Py_BytesMain");
    if (!run)
        run = (int (*)(int, char **))dlsym(python, "_Py_UnixMain"); /* 3.7 */
    if (run)
        return run(argc, argv);
    int (*main_function)(int, void **) = (int (*)(int, void **))dlsym(python, "Py_Main");
    void *(*decode)(const char *, void *) = (void *(*)(const char *, void *))dlsym(python, "Py_DecodeLocale");
    static void *words[64];
    for (int i = 0; i < argc && i < 63; i++)
        words[i] = decode ? decode(argv[i], NULL) : argv[i]; /* Python 2 takes bytes, 3.6 wide characters */
    return main_function ? main_function(argc, words) : 2;
}
