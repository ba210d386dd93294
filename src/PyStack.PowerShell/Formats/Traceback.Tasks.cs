using System;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace PyStack;

/// <content>Tasks: what PyStack.Format.ps1xml shows for a <see cref="PyTask"/>.</content>
public static partial class Traceback
{
    /// <summary>A task's traceback for a terminal, as <see cref="FormatForHost"/> has it of a thread.</summary>
    /// <param name="task">A <see cref="PyTask"/>, or one that came out of remoting, a job or <c>Import-Clixml</c>.</param>
    /// <param name="host">As for <see cref="FormatForHost"/>.</param>
    /// <param name="style">As for <see cref="FormatForHost"/>.</param>
    public static string[] FormatTaskForHost(PSObject task, PSHost? host, PSObject? style)
    {
        ArgumentNullException.ThrowIfNull(task);
        return LineBreaks.ForView(TaskTraceback.Write(Rehydration.Task(task), Palette.For(host, style)).Split('\n'), host);
    }

    /// <summary>A task as one line of the tree of tasks, for a terminal; it can be broken into several.</summary>
    /// <param name="task">As for <see cref="FormatTaskForHost"/>.</param>
    /// <param name="host">As for <see cref="FormatForHost"/>.</param>
    /// <param name="style">As for <see cref="FormatForHost"/>.</param>
    public static string FormatTaskTreeForHost(PSObject task, PSHost? host, PSObject? style)
    {
        ArgumentNullException.ThrowIfNull(task);
        return TaskTreeView.Write(Rehydration.Task(task), Palette.For(host, style), host);
    }

    /// <summary>The line above the tasks of a process, as <see cref="FormatProcess"/> has it of threads.</summary>
    /// <param name="task">As for <see cref="FormatTaskForHost"/>.</param>
    public static string FormatProcessOfTask(PSObject task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return ProcessLine.Of(Rehydration.Task(task), ProcessLine.Machine(task));
    }

    /// <summary>The same as <see cref="FormatProcessOfTask"/>, for a terminal.</summary>
    /// <param name="task">As for <see cref="FormatTaskForHost"/>.</param>
    /// <param name="host">As for <see cref="FormatForHost"/>.</param>
    public static string FormatProcessOfTaskForHost(PSObject task, PSHost? host) => string.Join('\n', LineBreaks.ForView(FormatProcessOfTask(task).Split('\n'), host));

    /// <summary>A task's name for a table's cell; without a name, what it runs.</summary>
    /// <param name="name"><see cref="PyTask.Name"/>.</param>
    /// <param name="coroutine"><see cref="PyTask.Coroutine"/>.</param>
    /// <param name="host">As for <see cref="FormatForHost"/>.</param>
    public static string FormatTaskName(string? name, string? coroutine, PSHost? host) => TaskTableView.Name(name, coroutine, host);

    /// <summary>What a task waits for, for a table's cell: on a narrow terminal only the kind.</summary>
    /// <param name="kind"><see cref="PyWait.Kind"/>.</param>
    /// <param name="description"><see cref="PyWait.Description"/>.</param>
    /// <param name="host">As for <see cref="FormatForHost"/>.</param>
    public static string FormatTaskWait(string? kind, string? description, PSHost? host) => TaskTableView.Wait(kind, description, host);

    /// <summary>A task's innermost frame for a table's cell, as <see cref="FormatInnermost"/> has it of a thread.</summary>
    /// <param name="frame">A <see cref="PyFrame"/>, or one that came out of remoting, a job or <c>Import-Clixml</c>.</param>
    /// <param name="host">As for <see cref="FormatForHost"/>.</param>
    /// <param name="style">As for <see cref="FormatForHost"/>.</param>
    public static string FormatTaskInnermost(PSObject frame, PSHost? host, PSObject? style)
    {
        ArgumentNullException.ThrowIfNull(frame);
        PyFrame shown = Rehydration.Frame(frame);
        (string function, string place) = TaskTableView.Innermost(shown, host);
        return Palette.For(host, style).Paint(function, shown.Kind) + place;
    }
}
