using System;
using PyStack.Engine.Native;

namespace PyStack.Engine.Targets;

/// <summary>A source file of the target, read whole.</summary>
/// <param name="IsNewerThanTarget">Whether it was written after the target started; after it died, of a core.</param>
internal sealed record SourceFile(byte[] Content, bool IsNewerThanTarget)
{
    /// <summary>Reads a regular file with the rights of its place.</summary>
    /// <param name="mostBytes">A larger one is not read.</param>
    /// <param name="oldUntil">What was written later is newer than the target; in UTC.</param>
    /// <param name="problem">On failure why, as the end of a sentence about the file; empty where its disk did not answer, which the budget has noted.</param>
    public static bool TryRead(FilePlace place, long mostBytes, DateTime oldUntil, out SourceFile file, out string problem)
    {
        file = null!;
        problem = "";
        OpenJob job = new(place) { ReadsUpTo = Math.Max(1, mostBytes) };
        if (!FileWorker.Shared.TryRun(job))
        {
            return false;
        }

        if (job is { IsDone: true, Content: byte[] content })
        {
            file = new SourceFile(content, job.File.Status.ModifiedAt > oldUntil);
            return true;
        }

        problem = job.IsRefused && place.Rights is not null ? job.Problem + ", with the rights that the process itself has" : job.Problem;
        return false;
    }
}
