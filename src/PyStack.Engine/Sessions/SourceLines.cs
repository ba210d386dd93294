using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading.Tasks;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Sessions;

/// <summary>The source lines of one target's frames; each file is read once per capture.</summary>
/// <remarks>
/// A process that hangs often hangs because its disk does, and the source may lie on the same one. So files are read
/// beside this thread, and all of them together are waited for a bounded time.
/// </remarks>
internal sealed class SourceLines(ITarget target, Limits limits, IEngineLog log)
{
    private readonly Dictionary<string, SourceText?> _files = new(StringComparer.Ordinal);
    private long _bytesLeft = limits.SourceFileBytes * 4;
    private TimeSpan _timeLeft = limits.SourceTime;

    /// <summary>The text of a line, or null; and whether the file is newer than the target.</summary>
    public (string? Text, bool IsNewer) Find(string file, int? line)
    {
        if (line is not int number || number < 1)
        {
            return (null, false);
        }

        if (!_files.TryGetValue(file, out SourceText? source))
        {
            source = Open(file);
            _files.Add(file, source);
        }

        string? text = source?.Line(number);
        return (text, source is { IsNewerThanTarget: true });
    }

    private SourceText? Open(string file)
    {
        // "<string>", "<stdin>", "<frozen importlib._bootstrap>": no files.
        if (file.Length == 0 || file[0] == '<' || _timeLeft <= TimeSpan.Zero)
        {
            return null;
        }

        long bytesLeft = _bytesLeft;
        long start = Stopwatch.GetTimestamp();
        Task<(SourceText? Text, long Length)> reading = Task.Run(() => Read(file, bytesLeft));
        bool isRead = Task.WaitAny([reading], _timeLeft) == 0 && reading.IsCompletedSuccessfully;
        _timeLeft -= Stopwatch.GetElapsedTime(start);
        if (!isRead)
        {
            log.Verbose($"{file}: reading it takes too long; no more source lines are looked up.");
            _timeLeft = TimeSpan.Zero;
            return null;
        }

        _bytesLeft -= reading.Result.Length;
        return reading.Result.Text;
    }

    private (SourceText? Text, long Length) Read(string file, long bytesLeft)
    {
        if (!target.TryOpenSource(file, out SourceFile opened))
        {
            return default;
        }

        using (opened)
        {
            return opened.Length > bytesLeft ? default : (SourceText.TryRead(opened, limits), opened.Length);
        }
    }
}
