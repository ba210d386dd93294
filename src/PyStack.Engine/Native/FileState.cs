using System;

namespace PyStack.Engine.Native;

/// <summary>
/// A file and the time of its last change of any kind (ctime), which no program can set: of a file in the same state nothing has been written since, its mode, owner and name are the same.
/// </summary>
internal readonly record struct FileState(FileIdentity Identity, long ChangedSeconds, uint ChangedNanoseconds)
{
    /// <summary>File systems count time in steps: 10 ms of the kernel's clock (ext4, xfs), 2 s of FAT. Two changes within one step leave the same time.</summary>
    private const int StepSeconds = 3;

    /// <summary>Whether the file's last change was so long ago that a later one has another time.</summary>
    /// <param name="now">When the state was asked for, in UTC.</param>
    public bool IsOld(DateTime now) => Math.Max(ChangedSeconds, Identity.ModifiedSeconds) < ((now - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond) - StepSeconds;
}
