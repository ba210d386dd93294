/* A server that loads Python for its children and never initialises it, as Apache does for mod_wsgi.
 *
 *   preload LIBRARY ARGUMENT...
 *
 * The child runs the interpreter's main function with the arguments. The parent prints the child's id and ends with it.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    void *python = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL);
    if (!python) {
        fprintf(stderr, "%s\n", dlerror());
        return 2;
    }
    int (*run)(int, char **) = (int (*)(int, char **))dlsym(python, "Py_BytesMain");
    if (!run)
        return 2;
    pid_t child = fork();
    if (child == 0) {
        argv[1] = argv[0];
        return run(argc - 1, argv + 1);
    }
    printf("%d\n", (int)child);
    fflush(stdout);
    waitpid(child, NULL, 0);
    return 0;
}
