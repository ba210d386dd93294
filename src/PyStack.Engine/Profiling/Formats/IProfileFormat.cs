using System.Collections.Generic;
using System.IO;
using System.Threading;

namespace PyStack.Engine.Profiling.Formats;

/// <summary>A file format for profiles. A new one is a class of its own and a line in <see cref="ProfileFormats"/>.</summary>
internal interface IProfileFormat
{
    /// <summary>The name, as <c>-Format</c> takes it.</summary>
    string Name { get; }

    /// <summary>The ends of file names that mean this format, in lower case, with their first dot.</summary>
    IReadOnlyList<string> Extensions { get; }

    /// <summary>What opens it, for the tooltip of a completion: a phrase.</summary>
    string Description { get; }

    /// <summary>Whether it can show the difference to a baseline.</summary>
    bool HasBaseline { get; }

    /// <summary>Writes the file's bytes.</summary>
    /// <exception cref="EngineException">A part of the module is missing.</exception>
    void Write(Stream output, ProfileSet profiles, CancellationToken cancellation);
}

/// <summary>What is written into one file.</summary>
/// <param name="Profiles">One for each process.</param>
/// <param name="Baseline">What they are compared with; empty if there is no comparison.</param>
internal sealed record ProfileSet(IReadOnlyList<PyProfile> Profiles, IReadOnlyList<PyProfile> Baseline)
{
    /// <summary>The samples of all <see cref="Profiles"/> that have a stack.</summary>
    public long Samples => Sum(Profiles);

    /// <summary>The same of <see cref="Baseline"/>.</summary>
    public long BaselineSamples => Sum(Baseline);

    private static long Sum(IReadOnlyList<PyProfile> profiles)
    {
        long sum = 0;
        foreach (PyProfile profile in profiles)
        {
            foreach (PyProfileStack stack in profile.Stacks)
            {
                sum += stack.Count;
            }
        }

        return sum;
    }
}
