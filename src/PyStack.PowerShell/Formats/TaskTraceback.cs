using System.Globalization;
using System.Text;

namespace PyStack;

/// <summary>The traceback of a task as text, in the form of a thread's.</summary>
internal static class TaskTraceback
{
    // More than these say nothing more to people; the property has all of them.
    private const int MaxAwaiters = 8;

    /// <summary>The lines of a task, in given colours.</summary>
    public static string Write(PyTask task, Palette palette)
    {
        StringBuilder text = new(128 + (task.Frames.Count * 128));
        text.Append(Title(task)).Append(Place(task)).Append(" [").Append(Status(task)).Append(']');
        text.Append(task.Frames.Count > 0 ? " (most recent call last):" : " has no frames");
        foreach (string warning in task.Warnings)
        {
            TerminalText.AppendEscaped(text.Append("\n    * - "), warning);
            text.Append(" - *");
        }

        if (!task.IsCoherent && task.Warnings.Count == 0 && task.Frames.Count > 0)
        {
            text.Append("\n    * - Its thread ran while the task was read: these frames may be of different moments - *");
        }

        foreach (PyFrame frame in task.Frames)
        {
            Traceback.AppendFrame(text, frame, palette);
        }

        if (task.AwaitedBy.Count > 0)
        {
            text.Append("\n    (awaited by) ").Append(Awaiters(task.AwaitedBy, except: null, out _));
        }

        foreach (PyFrame frame in task.CreatedAt ?? [])
        {
            Traceback.AppendFrame(text, frame, palette, "(created at)");
        }

        return text.ToString();
    }

    /// <summary>What it is, escaped: <c>Task "consumer" 0x7f…</c>; without a name, the coroutine or function that it runs: <c>Greenlet serve 0x7f…</c>.</summary>
    public static string Title(PyTask task)
    {
        string kind = task.Kind switch { PyTaskKind.Greenlet => "Greenlet", PyTaskKind.Coroutine => "Coroutine", _ => "Task" };
        string name = !string.IsNullOrEmpty(task.Name) ? $" \"{task.Name}\"" : !string.IsNullOrEmpty(task.Coroutine) ? $" {task.Coroutine}" : "";
        return TerminalText.Escape($"{kind}{name} {task.Id}");
    }

    /// <summary>The thread that runs it or its loop, after a blank; empty where that is not known.</summary>
    public static string Place(PyTask task)
        => (task.ThreadId > 0 ? string.Create(CultureInfo.InvariantCulture, $" of thread {task.ThreadId}") : "")
            + (task.InterpreterId > 0 ? string.Create(CultureInfo.InvariantCulture, $" in interpreter {task.InterpreterId}") : "");

    /// <summary>What is in the brackets, escaped: its state, and what it waits for.</summary>
    public static string Status(PyTask task)
    {
        string wait = task.Wait is { Description.Length: > 0 } known ? known.Description : task.Awaits ?? "";
        string state = task.State switch { PyTaskState.NotStarted => "Not started", PyTaskState.Unknown => "", PyTaskState known2 => known2.ToString() };
        return TerminalText.Escape(
            wait.Length == 0 ? state
            : task.State is PyTaskState.Waiting or PyTaskState.Unknown ? $"Waiting for {wait}"
            : $"{state}, waits for {wait}");
    }

    /// <summary>The ids of those that wait for a task, escaped; of many only the first ones, and how many there are.</summary>
    /// <param name="except">One that is left out; null for none.</param>
    /// <param name="count">How many there are without it.</param>
    public static string Awaiters(PyTextList ids, string? except, out int count)
    {
        StringBuilder text = new();
        count = 0;
        foreach (string id in ids)
        {
            if (id != except && ++count <= MaxAwaiters)
            {
                TerminalText.AppendEscaped(text.Append(count == 1 ? "" : ", "), id);
            }
        }

        return count > MaxAwaiters ? text.Append(CultureInfo.InvariantCulture, $" and {count - MaxAwaiters} more").ToString() : text.ToString();
    }
}
