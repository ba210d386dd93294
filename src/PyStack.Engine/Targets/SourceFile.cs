using System;
using Microsoft.Win32.SafeHandles;
using PyStack.Engine.Native;

namespace PyStack.Engine.Targets;

/// <summary>A source file of the target, open for reading.</summary>
/// <param name="Length">In bytes.</param>
/// <param name="IsNewerThanTarget">Whether it was written after the target started; after it died, of a core.</param>
internal sealed record SourceFile(SafeFileHandle Handle, long Length, bool IsNewerThanTarget) : IDisposable
{
    /// <summary>Takes over an open file if it is a regular one; else it is closed.</summary>
    /// <param name="handle">Invalid for a file that could not be opened.</param>
    /// <param name="oldUntil">What was written later is newer than the target; in UTC.</param>
    public static bool TryTake(SafeFileHandle handle, DateTime oldUntil, out SourceFile file)
    {
        file = null!;
        if (handle.IsInvalid || !FileCalls.TryGetStatus(handle, out FileCalls.FileStatus status) || !status.IsRegularFile)
        {
            handle.Dispose();
            return false;
        }

        file = new SourceFile(handle, (long)Math.Min(status.Size, long.MaxValue), status.ModifiedAt > oldUntil);
        return true;
    }

    public void Dispose() => Handle.Dispose();
}
