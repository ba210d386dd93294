using System.Collections.Generic;
using PyStack.Engine.Waits.Descriptors;

namespace PyStack.Engine.Waits.SystemCalls;

/// <summary>flock(2) and fcntl(2): a lock of a file, and who has it.</summary>
internal sealed class FileLockCalls : ISystemCallReader
{
    // asm-generic/fcntl.h: F_SETLKW, F_OFD_SETLKW.
    private const int SetLockAndWait = 7;
    private const int SetOpenFileLockAndWait = 38;

    public IEnumerable<string> Names => ["flock", "fcntl"];

    public WaitReason Read(SystemCallContext context)
    {
        Descriptor descriptor = context.First;
        bool isFlock = context.Name == "flock";
        if (!isFlock && (int)context.Call.Second is not (SetLockAndWait or SetOpenFileLockAndWait))
        {
            return new WaitReason(descriptor.WaitKind, context.Name, "fcntl on") { Descriptor = descriptor };
        }

        WaitReason reason = new(PyWaitKind.FileLock, context.Name, isFlock ? "flock on" : "fcntl lock on") { Descriptor = descriptor with { Detail = null } };
        int holder = context.Process is null ? 0 : context.Locks.HolderFor(context.Process.ProcessId, context.Descriptors!.InodeOf(context.ThreadId, descriptor.Number), isFlock);
        if (holder <= 0)
        {
            return reason;
        }

        bool exists = FileLocks.Exists(holder);
        return reason with
        {
            Subject = exists ? $"held by process {DescriptorText.Name(holder)}" : $"taken by process {holder}, which has ended and left it to another",
            HolderProcessId = holder,
            IsHolderGone = !exists,
        };
    }
}
