/* hold(): the thread waits, in state D, for a child that shares its memory until the child is killed with it. */
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

int hold(void)
{
    int child = vfork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        pause();
        _exit(0);
    }
    return child;
}
