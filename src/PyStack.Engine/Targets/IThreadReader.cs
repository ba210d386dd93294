using System.Collections.Generic;
using PyStack.Engine.Processors;

namespace PyStack.Engine.Targets;

/// <summary>The OS threads of a target and their registers, whatever the target is. Ids are the observer's.</summary>
internal interface IThreadReader
{
    /// <summary>The threads that there are now; of a core all that there were, the one that died first in front.</summary>
    IReadOnlyList<int> ListIds();

    /// <summary>
    /// Gets what is known of a thread's registers, by DWARF number: all of a core's thread; stack and instruction pointer of one that is stopped or sleeps in the kernel. A
    /// thread that sleeps may go on at any moment: a caller who needs more than a look proves that it did not.
    /// </summary>
    /// <returns>False where nothing is known: there is no such thread, or it runs. Then <paramref name="registers"/> is as it was.</returns>
    bool TryReadRegisters(int threadId, ref RegisterSet registers);

    /// <summary>
    /// Gets the C library's <c>pthread_t</c> of a thread, where its registers have it and can be obtained: of cores of x86-64. On aarch64 the thread pointer is
    /// after <c>struct pthread</c>, whose size only glibc knows.
    /// </summary>
    bool TryGetPthreadId(int threadId, out ulong pthreadId);

    /// <summary>
    /// Gets the system call that a thread is blocked in; of a core the one that it was in when the process stopped. A thread that sleeps may go on at any moment.
    /// </summary>
    /// <returns>False where it is in none, or it cannot be known.</returns>
    bool TryReadSystemCall(int threadId, out SystemCall call);
}
