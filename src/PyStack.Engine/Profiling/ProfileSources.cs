using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text;
using System.Threading;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Results;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Profiling;

/// <summary>The source files of a profile, read at its end and with the target's own rights: those with the most samples first, up to a number, a size and a time.</summary>
internal sealed class ProfileSources(ITarget target, Limits limits)
{
    private const int MaxFiles = 400;
    private const int MaxCharacters = 8 << 20;

    /// <summary>After the last line that was sampled, so many are shown.</summary>
    private const int LinesAfter = 400;

    private const int MaxLines = 60_000;

    /// <summary>How many files could not be read in time, or are too many.</summary>
    public int Left { get; private set; }

    public PyProfileSource[] Read(IReadOnlyList<PyProfileStack> stacks, CancellationToken cancellation)
    {
        List<PyProfileSource> sources = [];
        SourceCache cache = new(0);
        TimeSpan timeLeft = limits.SourceTime * 2;
        long charactersLeft = MaxCharacters;
        foreach ((string file, int lastLine) in Files(stacks))
        {
            if (sources.Count == MaxFiles || charactersLeft <= 0 || timeLeft <= TimeSpan.Zero || cancellation.IsCancellationRequested)
            {
                Left++;
                continue;
            }

            long start = Stopwatch.GetTimestamp();
            using FileBudget budget = FileBudget.Begin(timeLeft, mostUnanswered: 1, cancellation);
            if (target.TryReadSource(file, limits.SourceFileBytes, null, out SourceFile source, out _))
            {
                string text = TextOf(cache.TextOf(file, source, limits), lastLine, charactersLeft);
                charactersLeft -= text.Length;
                sources.Add(new PyProfileSource { File = file, Text = text, IsNewer = source.IsNewerThanTarget });
            }

            Left += budget.Troubles is [{ IsUnanswered: true }, ..] ? 1 : 0;
            timeLeft -= Stopwatch.GetElapsedTime(start);
        }

        return [.. sources];
    }

    // By the samples of their own lines; "<string>" and the like are no files.
    private static IEnumerable<(string File, int LastLine)> Files(IReadOnlyList<PyProfileStack> stacks)
    {
        Dictionary<string, (long Self, long Total, int LastLine)> files = new(StringComparer.Ordinal);
        foreach (PyProfileStack stack in stacks)
        {
            for (int i = 0; i < stack.Frames.Count; i++)
            {
                PyProfileFrame frame = stack.Frames[i];
                if (frame is { Kind: PyFrameKind.Python, File: string file, Line: int line } && file.Length > 0 && file[0] != '<')
                {
                    (long self, long total, int last) = files.GetValueOrDefault(file);
                    files[file] = (self + (i == stack.Frames.Count - 1 ? stack.Count : 0), total + stack.Count, Math.Max(last, line));
                }
            }
        }

        return files.OrderByDescending(one => one.Value.Self).ThenByDescending(one => one.Value.Total).ThenBy(one => one.Key, StringComparer.Ordinal).Select(one => (one.Key, one.Value.LastLine));
    }

    private static string TextOf(SourceText lines, int lastLine, long mostCharacters)
    {
        StringBuilder text = new();
        for (int line = 1; line <= Math.Min(lastLine + LinesAfter, MaxLines) && lines.Line(line) is string found && text.Length + found.Length < mostCharacters; line++)
        {
            text.Append(found).Append('\n');
        }

        return text.ToString();
    }
}
