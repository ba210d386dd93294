using System.Collections.Generic;

namespace PyStack.Engine.Waits.SystemCalls;

/// <summary>What the arguments of some system calls say about a wait. A new kind is one file, and one line in <see cref="SystemCallReaders"/>.</summary>
internal interface ISystemCallReader
{
    /// <summary>The kernel's names of the calls.</summary>
    IEnumerable<string> Names { get; }

    /// <summary>The reason, as far as the arguments and the target's memory have it.</summary>
    WaitReason Read(SystemCallContext context);
}
