using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Waits.Deadlocks;

namespace PyStack.Engine.Tasks.Deadlocks;

/// <summary>A deadlock of tasks in words: one line for all, and for each where it is and what it waits for.</summary>
internal static class TaskDeadlockText
{
    private const int MostMembers = 100;

    /// <summary>The lines, escaped.</summary>
    public static string[] Lines(TaskDeadlock deadlock, int processId, string? processName)
    {
        List<string> lines = [Title(deadlock, processId, processName)];
        foreach (TaskNode node in deadlock.Members)
        {
            if (lines.Count > 2 * MostMembers)
            {
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"  ... {deadlock.Members.Count - MostMembers} more"));
                break;
            }

            lines.Add($"  {Name(node)}{DeadlockText.PlaceOf(node.Frames)}");
            lines.Add("    waits for " + Reason(deadlock, node));
        }

        return [.. lines];
    }

    private static string Title(TaskDeadlock deadlock, int processId, string? processName)
    {
        int tasks = 0;
        foreach (TaskNode node in deadlock.Members)
        {
            tasks += node.Task is null ? 0 : 1;
        }

        int threads = deadlock.Members.Count - tasks;
        string who = tasks == 1 && threads == 0 ? "a task with itself"
            : Count(tasks, "task") + (threads == 0 ? "" : $" and {Count(threads, "thread")}");
        string name = string.IsNullOrEmpty(processName) ? "" : $" ({TerminalText.Escape(processName)})";
        string limit = deadlock.Timeout is double seconds ? string.Create(CultureInfo.InvariantCulture, $", until one of them gives up in {seconds:0.#} s at most") : "";
        return string.Create(CultureInfo.InvariantCulture, $"Deadlock of {who} in process {processId}{name}{limit}:");
    }

    // Of what a task waits for only its event loop may be part of the cycle.
    private static string Reason(TaskDeadlock deadlock, TaskNode node)
    {
        bool isForOther = false;
        foreach (TaskNode other in deadlock.Members)
        {
            foreach (string need in node.Needs)
            {
                isForOther |= need == other.Id && need != node.Loop;
            }
        }

        return node.Wait is PyWait wait && (isForOther || node.Task is null)
            ? TerminalText.Escape(wait.Description)
            : string.Create(CultureInfo.InvariantCulture, $"its event loop, which thread {node.Task?.ThreadId} runs");
    }

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private static string Name(TaskNode node)
    {
        if (node.Task is PyTask task)
        {
            return $"task {task.Id}" + (string.IsNullOrEmpty(task.Name) ? "" : $" ({TerminalText.Escape(task.Name)})");
        }

        PyThread thread = node.Thread!;
        string? name = string.IsNullOrEmpty(thread.PythonName) ? thread.Name : thread.PythonName;
        return string.Create(CultureInfo.InvariantCulture, $"thread {thread.ThreadId}") + (string.IsNullOrEmpty(name) ? "" : $" ({TerminalText.Escape(name)})");
    }
}
