using System;
using System.Collections.Generic;
using System.Linq;

namespace PyStack;

/// <summary>By what the threads are sorted.</summary>
internal enum ThreadOrder
{
    Cpu,
    Name,
    Id,
    Wait,
}

/// <summary>What of the processes is looked at, and how: changed by keys.</summary>
internal sealed class WatchView
{
    private static readonly PyProfileMode[] Modes = [PyProfileMode.Cpu, PyProfileMode.Wall, PyProfileMode.Gil];

    private IReadOnlyList<PyActivity> _activities = [];
    private IReadOnlyList<PyActivity>? _newer;

    /// <summary>What is shown.</summary>
    public IReadOnlyList<PyActivity> Activities => _activities;

    public ThreadOrder Order { get; private set; }

    /// <summary>Only threads and functions with this text are shown; empty for all.</summary>
    public string Filter { get; private set; } = "";

    /// <summary>Whether the filter is being typed.</summary>
    public bool IsTyping { get; private set; }

    public bool IsPaused { get; private set; }

    public bool HidesIdle { get; private set; }

    public bool ShowsHelp { get; private set; }

    /// <summary>Whether the stack of the selected thread is shown.</summary>
    public bool ShowsStack { get; private set; }

    /// <summary>Lines of the stack that are below the screen.</summary>
    public int StackOffset { get; set; }

    /// <summary>The process that is shown; 0 for all.</summary>
    public int ProcessId { get; private set; }

    /// <summary>The thread that is selected.</summary>
    public (int ProcessId, int ThreadId) Selected { get; private set; }

    /// <summary>Lines that a page of the list has.</summary>
    public int PageSize { get; set; } = 10;

    /// <summary>The last thing to know about the processes, such as that one has ended.</summary>
    public string Message { get; set; } = "";

    public bool IsOver { get; private set; }

    /// <summary>Which moments the functions are counted in.</summary>
    public PyProfileMode Mode { get; set; } = PyProfileMode.Cpu;

    /// <summary>The processes that are shown.</summary>
    public IReadOnlyList<PyActivity> Shown => ProcessId == 0 ? _activities : [.. _activities.Where(one => one.ProcessId == ProcessId)];

    /// <summary>Takes what the processes do now. While it is paused that is kept for later.</summary>
    public void Update(IReadOnlyList<PyActivity> activities)
    {
        _newer = activities;
        if (!IsPaused)
        {
            _activities = activities;
        }

        if (ProcessId != 0 && !_activities.Any(one => one.ProcessId == ProcessId))
        {
            ProcessId = 0;
        }
    }

    /// <summary>The threads that are shown, in their order.</summary>
    public List<PyThreadActivity> Threads()
    {
        IEnumerable<PyThreadActivity> threads = Shown.SelectMany(one => one.Threads).Where(thread => !(HidesIdle && IsIdle(thread)) && Matches(thread));
        return [.. Order switch
        {
            ThreadOrder.Name => threads.OrderBy(NameOf, StringComparer.OrdinalIgnoreCase).ThenBy(thread => thread.ThreadId),
            ThreadOrder.Id => threads.OrderBy(thread => thread.ProcessId).ThenBy(thread => thread.ThreadId),
            ThreadOrder.Wait => threads.OrderBy(thread => thread.Wait is null).ThenBy(WaitOf, StringComparer.OrdinalIgnoreCase).ThenBy(thread => thread.ThreadId),
            _ => threads.OrderByDescending(thread => thread.CpuPercent ?? -1).ThenBy(thread => thread.State != PyThreadState.Running).ThenBy(thread => thread.ProcessId).ThenBy(thread => thread.ThreadId),
        }];
    }

    /// <summary>The functions that are shown, of all processes that are, those with the most samples of their own first.</summary>
    public List<PyProfileFunction> Functions(out long samples)
    {
        samples = Shown.Sum(one => one.Samples);
        IEnumerable<PyProfileFunction> functions = Shown.SelectMany(one => one.Functions).Where(Matches);
        return Shown.Count > 1 ? [.. functions.OrderByDescending(one => one.Self).ThenByDescending(one => one.Total)] : [.. functions];
    }

    /// <summary>What the program calls a thread; else its OS name.</summary>
    public static string NameOf(PyThreadActivity thread) => string.IsNullOrEmpty(thread.PythonName) ? thread.Name ?? "" : thread.PythonName;

    /// <summary>What a thread waits for, in words.</summary>
    public static string WaitOf(PyThreadActivity thread) => thread.Gil == PyGilState.Waiting ? "the GIL" : thread.Wait?.Description ?? "";

    /// <summary>Whether a thread neither runs nor ran in the interval.</summary>
    public static bool IsIdle(PyThreadActivity thread) => thread.State is not (PyThreadState.Running or PyThreadState.DiskSleep) && thread.CpuPercent is null or < 0.5 && thread.Gil is not (PyGilState.Held or PyGilState.Waiting);

    /// <summary>Does what a key is for.</summary>
    public void Press(Key key)
    {
        if (IsTyping)
        {
            Type(key);
        }
        else if (key.Kind == KeyKind.Character)
        {
            Press(key.Text);
        }
        else
        {
            Move(key.Kind);
        }
    }

    private void Type(Key key)
    {
        switch (key.Kind)
        {
            case KeyKind.Character:
                Filter += key.Text;
                break;
            case KeyKind.Backspace:
                Filter = Filter.Length == 0 ? "" : Filter[..^(char.IsSurrogate(Filter[^1]) ? 2 : 1)];
                break;
            case KeyKind.Escape:
                (Filter, IsTyping) = ("", false);
                break;
            case KeyKind.Enter:
                IsTyping = false;
                break;
        }
    }

    private void Press(string key)
    {
        switch (key)
        {
            case "q" or "Q":
                IsOver = true;
                break;
            case "h" or "?":
                ShowsHelp = !ShowsHelp;
                break;
            case "/":
                (IsTyping, ShowsHelp, ShowsStack) = (true, false, false);
                break;
            case " ":
                IsPaused = !IsPaused;
                Update(_newer ?? _activities);
                break;
            case "i":
                HidesIdle = !HidesIdle;
                break;
            case "m":
                Mode = Modes[(Array.IndexOf(Modes, Mode) + 1) % Modes.Length];
                break;
            case "s":
                Order = (ThreadOrder)(((int)Order + 1) % Enum.GetValues<ThreadOrder>().Length);
                break;
            case "c":
                Order = ThreadOrder.Cpu;
                break;
            case "n":
                Order = ThreadOrder.Name;
                break;
            case "t":
                Order = ThreadOrder.Id;
                break;
            case "w":
                Order = ThreadOrder.Wait;
                break;
            case "a":
                ProcessId = 0;
                break;
            case "p":
                NextProcess(1);
                break;
            case "P":
                NextProcess(-1);
                break;
            case "j":
                Move(KeyKind.Down);
                break;
            case "k":
                Move(KeyKind.Up);
                break;
        }
    }

    private void Move(KeyKind key)
    {
        int step = key switch
        {
            KeyKind.Up => -1,
            KeyKind.Down => 1,
            KeyKind.PageUp => -PageSize,
            KeyKind.PageDown => PageSize,
            KeyKind.Home => -100_000,
            KeyKind.End => 100_000,
            _ => 0,
        };
        if (step != 0 && ShowsStack)
        {
            StackOffset = Math.Max(0, StackOffset - step);
        }
        else if (step != 0)
        {
            Select(step);
        }

        switch (key)
        {
            case KeyKind.Enter or KeyKind.Right when !ShowsHelp && !ShowsStack:
                Select(0);
                (ShowsStack, StackOffset) = (true, 0);
                break;
            case KeyKind.Enter or KeyKind.Left or KeyKind.Escape when ShowsStack || ShowsHelp:
                (ShowsHelp, ShowsStack) = (false, false);
                break;
            case KeyKind.Escape:
                Filter = "";
                break;
            case KeyKind.Tab:
                NextProcess(1);
                break;
            case KeyKind.BackTab:
                NextProcess(-1);
                break;
        }
    }

    private void Select(int step)
    {
        List<PyThreadActivity> threads = Threads();
        if (threads.Count > 0)
        {
            int at = Math.Max(0, threads.FindIndex(IsSelected));
            PyThreadActivity selected = threads[Math.Clamp(at + step, 0, threads.Count - 1)];
            Selected = (selected.ProcessId, selected.ThreadId);
        }
    }

    /// <summary>Whether a thread is the one that is selected.</summary>
    public bool IsSelected(PyThreadActivity thread) => (thread.ProcessId, thread.ThreadId) == Selected;

    // All of them, then one after the other.
    private void NextProcess(int step)
    {
        List<int> ids = [0, .. _activities.Select(one => one.ProcessId)];
        int at = ids.IndexOf(ProcessId) + step;
        ProcessId = ids[(at + ids.Count) % ids.Count];
    }

    private bool Matches(PyThreadActivity thread)
        => Filter.Length == 0 || Has(NameOf(thread)) || Has(thread.Name) || Has(WaitOf(thread)) || thread.Frames.Any(frame => Has(frame.Function) || Has(frame.File));

    private bool Matches(PyProfileFunction function) => Filter.Length == 0 || Has(function.QualifiedName) || Has(function.Function) || Has(function.File);

    private bool Has(string? text) => text?.Contains(Filter, StringComparison.OrdinalIgnoreCase) == true;
}
