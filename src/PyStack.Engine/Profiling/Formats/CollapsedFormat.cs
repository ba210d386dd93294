using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading;

namespace PyStack.Engine.Profiling.Formats;

/// <summary>
/// Collapsed stacks, as <c>flamegraph.pl</c> and its like read them: a line for each stack, its frames outermost first with a semicolon between two, then a blank and the samples. The first
/// two frames are the process and the thread. With a baseline there are two numbers, before and after, as <c>difffolded.pl</c> writes them.
/// </summary>
internal sealed class CollapsedFormat : IProfileFormat
{
    /// <inheritdoc/>
    public string Name => "Collapsed";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".collapsed.txt", ".collapsed", ".folded", ".folded.txt"];

    /// <inheritdoc/>
    public string Description => "lines for flamegraph.pl and its like";

    /// <inheritdoc/>
    public bool HasBaseline => true;

    /// <inheritdoc/>
    public void Write(Stream output, ProfileSet profiles, CancellationToken cancellation)
    {
        // States of the same stack are one line. In the order in which they first occur.
        List<string> lines = [];
        Dictionary<string, (long Before, long After)> counts = [];
        bool hasBaseline = profiles.Baseline.Count > 0;
        Count(profiles.Baseline, isBefore: true);
        Count(profiles.Profiles, isBefore: false);

        using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        foreach (string line in lines)
        {
            cancellation.ThrowIfCancellationRequested();
            (long before, long after) = counts[line];
            writer.Write(line);
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(hasBaseline ? $" {before}" : "")} {after}"));
        }

        void Count(IReadOnlyList<PyProfile> all, bool isBefore)
        {
            FrameTable table = new();
            foreach (ThreadSamples thread in ThreadSamples.Of(all))
            {
                foreach (PyProfileStack stack in thread.Stacks)
                {
                    cancellation.ThrowIfCancellationRequested();
                    string line = LineOf(thread, stack, table, hasBaseline);
                    if (!counts.TryGetValue(line, out (long Before, long After) count))
                    {
                        lines.Add(line);
                    }

                    counts[line] = isBefore ? (count.Before + stack.Count, count.After) : (count.Before, count.After + stack.Count);
                }
            }
        }
    }

    // Ids differ from one run of a program to the next: with them no stack would be found again in the baseline.
    private static string LineOf(ThreadSamples thread, PyProfileStack stack, FrameTable table, bool isWithoutIds)
    {
        var line = new StringBuilder();
        Append(line, isWithoutIds ? ProfileText.Of(thread.Profile.ProcessName) : ProfileText.Process(thread.Profile));
        Append(line, isWithoutIds ? ProfileText.Of(stack.ThreadName) : thread.Name);
        Append(line, ProfileText.Task(stack));
        foreach (PyProfileFrame frame in stack.Frames)
        {
            Append(line, table.Functions[table.Frames[table.Of(frame)].Function].Label);
        }

        return line.ToString();
    }

    // A semicolon in a name would begin another frame; stackcollapse-perf.pl writes a colon for it as well.
    private static void Append(StringBuilder line, string? name)
    {
        if (!string.IsNullOrEmpty(name))
        {
            _ = (line.Length > 0 ? line.Append(';') : line).Append(name.Replace(';', ':'));
        }
    }
}
