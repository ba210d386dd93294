using System;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Capture;

/// <summary>
/// Reads more of a target than its threads, from the copy that a capture makes. It is called while the target runs, so that the copy gets the pages that it needs; afterwards the
/// copy has them as they were at the moment of the capture, and it reads them once more (<see cref="CapturedProcess.Copy"/>).
/// </summary>
internal interface ICopyReader : IRehearsed
{
}

/// <summary>What the capture has copied, for an <see cref="ICopyReader"/>.</summary>
/// <param name="Memory">Of one moment, as far as the threads are coherent.</param>
/// <param name="Walk">The interpreters and thread states that were found; the frames of a thread that was stopped may be older.</param>
/// <param name="IsAsRehearsed">Whether nothing has changed since the last rehearsal: what was read then is right.</param>
/// <param name="Still">Whether a thread (the address of its state) did not run from before the copy was made until after it; null where all of the copy is of one moment.</param>
internal sealed record CapturedCopy(IMemorySource Memory, RawCapture Walk, bool IsAsRehearsed, Predicate<ulong>? Still = null);
