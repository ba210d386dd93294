using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Text;

namespace PyStack.Engine.Tests.Sessions.Freeze;

/// <summary>Looks at one capture after the other of one program, and counts.</summary>
internal sealed class FreezeTally
{
    private const int ExamplesKept = 3;
    private const int LinesOfAnExample = 60;
    private static readonly string[] Names = ["me", "depth", "step", "had", "togo", "now", "ticket", "text", "box", "table", "nest"];

    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly List<string> _examples = [];
    private readonly Dictionary<string, int> _warnings = [];
    private FreezeMoment _moment = new();
    private long _progress;

    public int Captures { get; private set; }

    public int Threads { get; private set; }

    public int Coherent { get; private set; }

    /// <summary>Captures with a stack, a variable or a moment that cannot have been and is said to be coherent.</summary>
    public int Impossible { get; private set; }

    /// <summary>The same of threads that are said not to be coherent: allowed, and worth knowing.</summary>
    public int ImpossibleOthers { get; private set; }

    /// <summary>Coherent stacks that are shown for another thread than theirs.</summary>
    public int OtherThreads { get; private set; }

    /// <summary>Coherent stacks of which a frame has no variables though it has.</summary>
    public int Blank { get; private set; }

    public int Errors { get; private set; }

    /// <summary>How many steps the threads went between the captures: whether there was anything to be caught.</summary>
    public long Progress => _progress + _moment.Progress;

    /// <summary>The captures that follow are of another process.</summary>
    public void BeginProcess()
    {
        _progress += _moment.Progress;
        _moment = new FreezeMoment();
    }

    public void AddError(string message)
    {
        Errors++;
        Count(_warnings, message);
    }

    public void Add(PyThread[] threads)
    {
        Captures++;
        List<PyThread> coherent = [];
        string? problem = null;
        foreach (PyThread thread in threads)
        {
            Threads++;
            foreach (string warning in thread.Warnings)
            {
                Count(_warnings, warning);
            }

            // A thread that begins or ends has no frame at all.
            string? violation = FreezeStack.Violation(thread.Frames, thread.IsCoherent);
            if (!thread.IsCoherent)
            {
                ImpossibleOthers += violation is null ? 0 : 1;
                continue;
            }

            OtherThreads += FreezeStack.IsOfAnotherThread(thread) ? 1 : 0;
            Blank += FreezeStack.HasBlankFrame(thread) ? 1 : 0;
            coherent.Add(thread);
            problem ??= violation is null ? null : $"thread {thread.ThreadId}: {violation}\n{Describe([thread])}";
        }

        Coherent += coherent.Count;
        if ((problem ?? (_moment.Violation(coherent) is string moment ? $"{moment}\n{Describe(coherent)}" : null)) is string found)
        {
            Impossible++;
            if (_examples.Count < ExamplesKept)
            {
                _examples.Add($"capture {Captures}, {found}");
            }
        }
    }

    /// <summary>One line.</summary>
    public string Line()
        => string.Create(CultureInfo.InvariantCulture, $"{Captures} captures, {Threads} threads, {(Threads == 0 ? 0 : 100.0 * Coherent / Threads):f2} % coherent, impossible = {Impossible} (not coherent: {ImpossibleOthers}), wrong thread = {OtherThreads}, blank = {Blank}, errors = {Errors}, {(Captures == 0 ? 0 : Progress / Captures)} steps between captures, {Stopwatch.GetElapsedTime(_start).TotalSeconds:f1} s");

    /// <summary>The line, what was impossible, and the warnings.</summary>
    public override string ToString()
    {
        StringBuilder text = new(Line());
        foreach (string one in _examples.Concat(_warnings.Select(warning => $"{warning.Value} times: {warning.Key}")))
        {
            text.Append('\n').Append(one);
        }

        return text.ToString();
    }

    private static string Describe(IReadOnlyList<PyThread> threads)
    {
        StringBuilder text = new();
        int lines = 0;
        foreach (PyThread thread in threads)
        {
            text.Append(CultureInfo.InvariantCulture, $"  thread {thread.ThreadId}, interpreter {thread.InterpreterId}, {thread.Gil}, terminated {thread.IsTerminated}:\n");
            foreach (PyFrame frame in thread.Frames.TakeWhile(_ => lines++ < LinesOfAnExample))
            {
                text.Append(CultureInfo.InvariantCulture, $"    {frame} {Variables(frame)}\n");
            }
        }

        return text.ToString();
    }

    private static string Variables(PyFrame frame)
        => string.Join(", ", from name in Names let value = FreezeValues.Get(frame, name) where value is not null select $"{name}={value}");

    private static void Count(Dictionary<string, int> counts, string key) => counts[key] = counts.GetValueOrDefault(key) + 1;
}
