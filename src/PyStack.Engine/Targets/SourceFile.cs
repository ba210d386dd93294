using System;
using System.Diagnostics;
using System.Threading;
using PyStack.Engine.Native;

namespace PyStack.Engine.Targets;

/// <summary>A source file of the target, read whole.</summary>
/// <param name="IsNewerThanTarget">Whether it was written after the target started; after it died, of a core.</param>
/// <param name="State">As it was when it was read; null where a later change could leave the same state.</param>
/// <param name="Rights">With whose rights it was read.</param>
internal sealed record SourceFile(byte[] Content, bool IsNewerThanTarget, FileState? State = null, FileRights? Rights = null)
{
    private long _checkedAt = Stopwatch.GetTimestamp();

    /// <summary>Reads a regular file with the rights of its place.</summary>
    /// <param name="mostBytes">A larger one is not read.</param>
    /// <param name="known">The same file as it was read before: it is given back if it has not been changed since.</param>
    /// <param name="oldUntil">What was written later is newer than the target; in UTC.</param>
    /// <param name="staysFresh">
    /// So long <paramref name="known"/> is taken as it was: to see whether a file has been changed takes another thread, as every call on a file does, and that takes
    /// longer than a good part of a capture.
    /// </param>
    /// <param name="problem">On failure why, as the end of a sentence about the file; empty where its disk did not answer, which the budget has noted.</param>
    public static bool TryRead(FilePlace place, long mostBytes, DateTime oldUntil, SourceFile? known, out SourceFile file, out string problem, TimeSpan staysFresh = default)
    {
        file = null!;
        problem = "";
        DateTime now = DateTime.UtcNow;
        FileState? state = known is not null && Equals(known.Rights, place.Rights) ? known.State : null;
        if (state is not null && Stopwatch.GetElapsedTime(Volatile.Read(ref known!._checkedAt)) < staysFresh)
        {
            file = known;
            return true;
        }

        OpenJob job = new(place) { ReadsUpTo = Math.Max(1, mostBytes), Known = state };
        if (!FileWorker.Shared.TryRun(job))
        {
            return false;
        }

        if (job.IsUnchanged)
        {
            file = known!;
            Volatile.Write(ref file._checkedAt, Stopwatch.GetTimestamp());
            return true;
        }

        if (job is { IsDone: true, Content: byte[] content })
        {
            FileState read = job.File.Status.State;
            file = new SourceFile(content, job.File.Status.ModifiedAt > oldUntil, read.IsOld(now) && (ulong)content.Length == read.Identity.Size ? read : null, place.Rights);
            return true;
        }

        problem = job.IsRefused && place.Rights is not null ? job.Problem + ", with the rights that the process itself has" : job.Problem;
        return false;
    }
}
