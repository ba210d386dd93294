using System;
using System.Globalization;
using System.Management.Automation;
using System.Text;

namespace PyStack;

/// <summary>The one line above the threads or tasks of a process; of a core, the lines with its program and the reason why it was written.</summary>
internal static class ProcessLine
{
    /// <summary>The line of a thread's process.</summary>
    /// <param name="machine">What <see cref="Machine"/> returns.</param>
    public static string Of(PyThread thread, string machine)
    {
        // One line is above the threads of all interpreters.
        string python = thread.RuntimeCount > 1
            ? string.Create(CultureInfo.InvariantCulture, $"{thread.RuntimeCount} interpreters of Python")
            : $"Python {TerminalText.Escape(thread.PythonVersion)}";
        return thread.Source == PySource.Core
            ? OfCore(thread.Path, python, thread.CapturedAt, thread.CoreSummary, machine)
            : OfProcess(thread.ProcessId, thread.ProcessName, python, thread.CapturedAt, thread.PauseMilliseconds, machine);
    }

    /// <summary>The line of a task's process.</summary>
    /// <param name="machine">What <see cref="Machine"/> returns.</param>
    public static string Of(PyTask task, string machine)
    {
        string python = $"Python {TerminalText.Escape(task.PythonVersion)}";
        return task.Source == PySource.Core
            ? OfCore(task.Path, python, task.CapturedAt, [], machine)
            : OfProcess(task.ProcessId, task.ProcessName, python, task.CapturedAt, task.PauseMilliseconds, machine);
    }

    /// <summary>The name of another machine: remoting adds it to each object, and a job that of this one.</summary>
    public static string Machine(PSObject item)
        => item.Properties["PSComputerName"]?.Value?.ToString() is { Length: > 0 } name && name != "localhost" ? $" on {TerminalText.Escape(name)}" : "";

    private static string OfProcess(int id, string? name, string python, DateTime capturedAt, double pause, string machine)
    {
        string shownName = string.IsNullOrEmpty(name) ? "" : $" ({TerminalText.Escape(name)})";
        string stopped = pause == 0 ? "not stopped" : string.Create(CultureInfo.InvariantCulture, $"stopped for {pause:0.00#} ms");
        return string.Create(CultureInfo.InvariantCulture, $"Process {id}{shownName}{machine}, {python}, captured {capturedAt:yyyy-MM-dd HH:mm:ss}, {stopped}");
    }

    private static string OfCore(string? path, string python, DateTime capturedAt, PyTextList summary, string machine)
    {
        StringBuilder text = new($"Core {TerminalText.Escape(path ?? "")}{machine}, {python}");
        text.Append(CultureInfo.InvariantCulture, $", written {capturedAt:yyyy-MM-dd HH:mm:ss}");
        foreach (string line in summary)
        {
            TerminalText.AppendEscaped(text.Append("\n    "), line);
        }

        return text.ToString();
    }
}
