using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Frames;

namespace PyStack.Engine.Python.Runtime;

/// <summary>Reads all that it will need from a copy that fetches what it lacks, while the target runs.</summary>
internal interface IRehearsed
{
    /// <summary>Reads as it will read afterwards.</summary>
    /// <param name="capture">The threads, as the walk of this moment found them.</param>
    void Rehearse(IMemorySource copy, RawCapture capture, CancellationToken cancellation);
}
