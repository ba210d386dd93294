using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace PyStack.Engine.Waits.Deadlocks;

/// <summary>A deadlock in words, as jstack has them: one line for all, and for each thread where it is and what it waits for.</summary>
/// <param name="nameOf">The name of a process.</param>
internal sealed class DeadlockText(Deadlock deadlock, Func<int, string?> nameOf)
{
    private const int MostThreads = 100;
    private const int MostFollowers = 10;

    /// <summary>The lines, escaped.</summary>
    public string[] Lines()
    {
        List<string> lines = [Title()];
        bool isOfSeveral = ProcessIds().Count > 1;
        foreach (WaitNode node in deadlock.Members)
        {
            if (lines.Count > 2 * MostThreads)
            {
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"  ... {deadlock.Members.Count - MostThreads} more threads"));
                break;
            }

            lines.Add($"  {Thread(node, isOfSeveral)}{PlaceOf(node.Parts[^1].Frames)}");
            lines.Add("    waits for " + TerminalText.Escape(node.Wait!.Description));
        }

        if (deadlock.Followers.Count > 0)
        {
            lines.Add(FollowersLine());
        }

        return [.. lines];
    }

    private string Title()
    {
        int count = deadlock.Members.Count;
        List<int> processes = ProcessIds();
        StringBuilder where = new(processes.Count == 1 ? " in process " : " in processes ");
        for (int i = 0; i < processes.Count; i++)
        {
            where.Append(i == 0 ? "" : i == processes.Count - 1 ? " and " : ", ").Append(CultureInfo.InvariantCulture, $"{processes[i]}");
            if (nameOf(processes[i]) is { Length: > 0 } name)
            {
                TerminalText.AppendEscaped(where.Append(" ("), name);
                where.Append(')');
            }
        }

        string limit = deadlock.Timeout is double seconds ? string.Create(CultureInfo.InvariantCulture, $", until one of them gives up in {seconds:0.#} s at most") : "";
        return deadlock.Kind switch
        {
            PyDeadlockKind.Self => $"Deadlock of a thread with itself{where}{limit}:",
            PyDeadlockKind.HolderGone when count == 1 => $"A thread waits for a holder that no longer exists{where}{limit}:",
            PyDeadlockKind.HolderGone => string.Create(CultureInfo.InvariantCulture, $"{count} threads wait for a holder that no longer exists{where}{limit}:"),
            _ => string.Create(CultureInfo.InvariantCulture, $"Deadlock of {count} threads{where}{limit}:"),
        };
    }

    private List<int> ProcessIds()
    {
        List<int> ids = [];
        foreach (WaitNode node in deadlock.Members)
        {
            if (!ids.Contains(node.ProcessId))
            {
                ids.Add(node.ProcessId);
            }
        }

        return ids;
    }

    private static string Thread(WaitNode node, bool withProcess)
    {
        PyThread thread = node.Parts[^1];
        string? name = string.IsNullOrEmpty(thread.PythonName) ? thread.Name : thread.PythonName;
        string text = string.Create(CultureInfo.InvariantCulture, $"thread {node.ThreadId}");
        text += string.IsNullOrEmpty(name) ? "" : $" ({TerminalText.Escape(name)})";
        return withProcess ? string.Create(CultureInfo.InvariantCulture, $"{text} of process {node.ProcessId}") : text;
    }

    // The innermost frame of Python that is not the standard library's, whose own lines say nothing to those who wrote the program; all are in the traceback.
    internal static string PlaceOf(PyFrameList frames)
    {
        PyFrame? innermost = null;
        for (int i = frames.Count - 1; i >= 0; i--)
        {
            if (frames[i] is { Kind: PyFrameKind.Python, File.Length: > 0 } frame)
            {
                innermost ??= frame;
                if (!IsOfLibrary(frame.File))
                {
                    innermost = frame;
                    break;
                }
            }
        }

        return innermost?.File is not string innermostFile ? "" : TerminalText.Escape(string.Create(
            CultureInfo.InvariantCulture, $" at {innermostFile[(innermostFile.LastIndexOf('/') + 1)..]}:{innermost.Line ?? 0} in {innermost.Function ?? "???"}"));
    }

    // As /usr/lib/python3.12/threading.py; packages that were installed are in folders called site-packages or dist-packages.
    private static bool IsOfLibrary(string file)
        => file.StartsWith("<frozen ", StringComparison.Ordinal)
            || (file.Contains("/lib/python", StringComparison.Ordinal) && !file.Contains("-packages/", StringComparison.Ordinal));

    private string FollowersLine()
    {
        int count = deadlock.Followers.Count;
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"  {count} more thread{(count == 1 ? " waits" : "s wait")} for {(deadlock.Members.Count == 1 ? "it" : "these")}: ");
        for (int i = 0; i < count && i < MostFollowers; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(Thread(deadlock.Followers[i], deadlock.Followers[i].ProcessId != deadlock.Members[0].ProcessId)["thread ".Length..]);
        }

        return text.Append(count > MostFollowers ? ", ..." : "").ToString();
    }
}
