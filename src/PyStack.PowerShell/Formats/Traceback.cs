using System;
using System.Collections;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Text;

namespace PyStack;

/// <summary>
/// The traditional traceback of a thread as text: what PyStack.Format.ps1xml shows for a <see cref="PyThread"/>. Scripts use <c>Format-PyStack</c>.
/// </summary>
public static partial class Traceback
{
    private const string NoName = "???";

    /// <summary>The traceback's lines for a terminal: coloured if the session and the environment allow it.</summary>
    /// <remarks>
    /// Lines and not one text: PowerShell begins each line of a text with all colours of the lines before, which a deep stack would pay for
    /// with the square of its depth.
    /// </remarks>
    /// <param name="thread">A <see cref="PyThread"/>, or one that came out of remoting, a job or <c>Import-Clixml</c>.</param>
    /// <param name="host">The session's <c>$Host</c>.</param>
    /// <param name="style">The session's <c>$PSStyle</c>, or null where it has none.</param>
    public static string[] FormatForHost(PSObject thread, PSHost? host, PSObject? style)
    {
        ArgumentNullException.ThrowIfNull(thread);
        return LineBreaks.ForView(Write(Rehydration.Thread(thread), Palette.For(host, style)).Split('\n'), host);
    }

    /// <summary>The same as <see cref="FormatProcess"/>, for a terminal.</summary>
    /// <param name="thread">As for <see cref="FormatForHost"/>.</param>
    /// <param name="host">As for <see cref="FormatForHost"/>.</param>
    public static string FormatProcessForHost(PSObject thread, PSHost? host) => string.Join('\n', LineBreaks.ForView(FormatProcess(thread).Split('\n'), host));

    /// <summary>
    /// The one line above a process's threads: process, Python version, time, and the length of the pause. For a core, the lines with its program and the reason why it was written.
    /// </summary>
    /// <param name="thread">As for <see cref="FormatForHost"/>.</param>
    public static string FormatProcess(PSObject thread)
    {
        ArgumentNullException.ThrowIfNull(thread);
        return ProcessLine.Of(Rehydration.Thread(thread), ProcessLine.Machine(thread));
    }

    /// <summary>The same line for a deadlock, whose threads and tasks are of one look.</summary>
    /// <param name="deadlock">A <see cref="PyDeadlock"/>, or one that came out of remoting, a job or <c>Import-Clixml</c>.</param>
    public static string FormatProcessOfDeadlock(PSObject deadlock)
    {
        ArgumentNullException.ThrowIfNull(deadlock);
        PyDeadlock shown = Rehydration.Deadlock(deadlock);
        string machine = ProcessLine.Machine(deadlock);
        return shown.Threads.Count > 0 ? ProcessLine.Of(shown.Threads[0], machine)
            : shown.Tasks.Count > 0 ? ProcessLine.Of(shown.Tasks[0], machine)
            : string.Create(CultureInfo.InvariantCulture, $"Process {shown.ProcessId}{machine}");
    }

    /// <summary>The same as <see cref="FormatProcessOfDeadlock"/>, for a terminal.</summary>
    /// <param name="deadlock">As for <see cref="FormatProcessOfDeadlock"/>.</param>
    /// <param name="host">As for <see cref="FormatForHost"/>.</param>
    public static string FormatProcessOfDeadlockForHost(PSObject deadlock, PSHost? host)
        => string.Join('\n', LineBreaks.ForView(FormatProcessOfDeadlock(deadlock).Split('\n'), host));

    /// <summary>A deadlock's description and the tracebacks of its tasks and threads for a terminal, as <see cref="FormatForHost"/> has them.</summary>
    /// <param name="deadlock">As for <see cref="FormatProcessOfDeadlock"/>.</param>
    /// <param name="host">As for <see cref="FormatForHost"/>.</param>
    /// <param name="style">As for <see cref="FormatForHost"/>.</param>
    public static string[] FormatDeadlockForHost(PSObject deadlock, PSHost? host, PSObject? style)
    {
        ArgumentNullException.ThrowIfNull(deadlock);
        return LineBreaks.ForView(Write(Rehydration.Deadlock(deadlock), Palette.For(host, style)).Split('\n'), host);
    }

    /// <summary>A target's text on one line, with control and invisible characters escaped; empty for null.</summary>
    /// <param name="text">A function name, a path, a value: any text that came from a target.</param>
    public static string Escape(string? text) => TerminalText.Escape(text ?? "");

    /// <summary>A source line as <see cref="Escape"/> has it, without its indentation; empty for null.</summary>
    /// <param name="line">A frame's <see cref="PyFrame.SourceLine"/>.</param>
    public static string FormatSource(string? line) => TerminalText.Escape((line ?? "").AsSpan().Trim(SourceLineView.WhiteSpace).ToString());

    /// <summary>A frame's function for a table's cell, as <see cref="FormatForHost"/> colours it; one of C is blue.</summary>
    /// <param name="frame">A <see cref="PyFrame"/>, or one that came out of remoting, a job or <c>Import-Clixml</c>.</param>
    /// <param name="host">As for <see cref="FormatForHost"/>.</param>
    /// <param name="style">As for <see cref="FormatForHost"/>.</param>
    public static string FormatFunction(PSObject frame, PSHost? host, PSObject? style)
    {
        ArgumentNullException.ThrowIfNull(frame);
        PyFrame shown = Rehydration.Frame(frame);
        return Palette.For(host, style).Paint(FrameTableView.Function(Escape(shown.Function), host), shown.Kind);
    }

    /// <summary>A thread's name for a table's cell: what the program calls it, or else its OS name.</summary>
    /// <param name="pythonName"><see cref="PyThread.PythonName"/>.</param>
    /// <param name="name"><see cref="PyThread.Name"/>.</param>
    /// <param name="host">As for <see cref="FormatForHost"/>.</param>
    public static string FormatName(string? pythonName, string? name, PSHost? host) => ThreadTableView.Name(pythonName, name, host);

    /// <summary>A CPU time for a table's cell; empty for null.</summary>
    /// <param name="seconds"><see cref="PyThread.CpuSeconds"/>.</param>
    public static string FormatCpuTime(double? seconds) => ThreadTableView.CpuTime(seconds);

    /// <summary>What a thread waits for, for a table's cell: on a narrow terminal only the kind.</summary>
    /// <param name="kind"><see cref="PyWait.Kind"/>.</param>
    /// <param name="description"><see cref="PyWait.Description"/>.</param>
    /// <param name="gil"><see cref="PyThread.Gil"/>.</param>
    /// <param name="host">As for <see cref="FormatForHost"/>.</param>
    public static string FormatWait(string? kind, string? description, string? gil, PSHost? host) => ThreadTableView.Wait(kind, description, gil, host);

    /// <summary>A thread's innermost frame for a table's cell: the function, coloured as by <see cref="FormatFunction"/>, the file without its folder, and the line.</summary>
    /// <param name="frame">A <see cref="PyFrame"/>, or one that came out of remoting, a job or <c>Import-Clixml</c>.</param>
    /// <param name="host">As for <see cref="FormatForHost"/>.</param>
    /// <param name="style">As for <see cref="FormatForHost"/>.</param>
    public static string FormatInnermost(PSObject frame, PSHost? host, PSObject? style)
    {
        ArgumentNullException.ThrowIfNull(frame);
        PyFrame shown = Rehydration.Frame(frame);
        (string function, string place) = ThreadTableView.Innermost(shown, host);
        return Palette.For(host, style).Paint(function, shown.Kind) + place;
    }

    /// <summary>A frame's file for a table's cell.</summary>
    /// <param name="frame">As for <see cref="FormatFunction"/>.</param>
    /// <param name="host">As for <see cref="FormatForHost"/>.</param>
    public static string FormatFile(PSObject frame, PSHost? host)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return FrameTableView.File(Rehydration.Frame(frame), host);
    }

    /// <summary>A process's command line for a table's cell: the program and the script by their names, and before them the pod or the container.</summary>
    /// <param name="commandLine"><see cref="PyProcess.CommandLine"/>.</param>
    /// <param name="container"><see cref="PyProcess.Container"/>.</param>
    /// <param name="pod"><see cref="PyProcess.Pod"/>.</param>
    /// <param name="place"><see cref="PyProcess.Namespace"/>.</param>
    /// <param name="host">As for <see cref="FormatForHost"/>.</param>
    public static string FormatCommand(string? commandLine, string? container, string? pod, string? place, PSHost? host)
        => CommandLineView.Format(commandLine ?? "", ContainerLabel.Of(container, pod, place), LineBreaks.WidthOf(host));

    /// <summary>A frame's arguments or local variables on one line, <c>name=value</c> by <c>name=value</c>; empty for null.</summary>
    /// <param name="variables"><see cref="PyFrame.Arguments"/> or <see cref="PyFrame.Locals"/>, also deserialized.</param>
    public static string FormatVariables(IDictionary? variables) => PyVariables.Format(variables);

    /// <summary>The traceback in given colours.</summary>
    internal static string Write(PyThread thread, Palette palette)
    {
        var text = new StringBuilder(128 + (thread.Frames.Length * 128));
        if (thread.Frames.Length == 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"The frame stack for thread {thread.ThreadId} is empty");
        }
        else
        {
            AppendHeader(text, thread);
        }

        foreach (string warning in thread.Warnings)
        {
            TerminalText.AppendEscaped(text.Append("\n    * - "), warning);
            text.Append(" - *");
        }

        if (!thread.IsCoherent && thread.Warnings.Length == 0 && thread.Frames.Length > 0)
        {
            text.Append("\n    * - The thread moved while it was read: these frames may be of different moments - *");
        }

        if (thread.IsMerged == false && !thread.Warnings.Any(warning => warning.StartsWith("Unable to merge", StringComparison.Ordinal)))
        {
            text.Append("\n    * - Unable to merge native stack due to insufficient native information - *");
        }

        for (int i = 0; i < thread.Frames.Count;)
        {
            int nameless = Nameless(thread.Frames, i);
            if (nameless > 1)
            {
                AppendNameless(text, thread.Frames[i], nameless, palette);
            }
            else
            {
                AppendFrame(text, thread.Frames[i], palette);
            }

            i += Math.Max(nameless, 1);
        }

        // Last, so that the lines of the frames are those that they always were.
        if (thread.Wait is { Description.Length: > 0 } wait)
        {
            TerminalText.AppendEscaped(text.Append("\n    (waits) for "), wait.Description);
        }

        if (EventLoops.Of(thread.Frames) is string loop)
        {
            string target = thread.Source == PySource.Core ? "" : string.Create(CultureInfo.InvariantCulture, $" {thread.ProcessId}");
            text.Append("\n    (tasks) Get-PyTask").Append(target).Append(" shows the ").Append(loop);
        }

        return text.ToString();
    }

    /// <summary>A deadlock in given colours: first in words, then the tasks and the threads.</summary>
    internal static string Write(PyDeadlock deadlock, Palette palette)
    {
        StringBuilder text = new();
        foreach (string line in deadlock.Description)
        {
            TerminalText.AppendEscaped(text.Append(text.Length == 0 ? "" : "\n"), line);
        }

        foreach (PyTask task in deadlock.Tasks)
        {
            text.Append("\n\n").Append(TaskTraceback.Write(task, palette));
        }

        for (int i = 0; i < deadlock.Threads.Count; i++)
        {
            // The parts of one thread belong together.
            text.Append(deadlock.Threads[i].Part == 0 ? "\n\n" : "\n").Append(Write(deadlock.Threads[i], palette));
        }

        return text.ToString();
    }

    // One header for each OS thread. Where the process has several interpreters the status is below, with the interpreter.
    private static void AppendHeader(StringBuilder text, PyThread thread)
    {
        bool isOneOfSeveral = thread.InterpreterCount > 1 || thread.InterpreterId > 0;
        if (thread.Part == 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"Traceback for thread {thread.ThreadId} ");
            if (!string.IsNullOrEmpty(thread.Name))
            {
                TerminalText.AppendEscaped(text.Append('('), thread.Name);
                text.Append(") ");
            }

            if (!isOneOfSeveral)
            {
                TerminalText.AppendEscaped(text.Append('['), thread.Status);
                text.Append("] ");
            }

            if (thread.UnchangedSeconds > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"[unchanged for {thread.UnchangedSeconds:0.#} s] ");
            }

            text.Append("(most recent call last):");
        }

        if (isOneOfSeveral)
        {
            text.Append(thread.Part == 0 ? "\n" : "").Append(thread.InterpreterId switch
            {
                0 => "  In the main interpreter",
                > 0 => string.Create(CultureInfo.InvariantCulture, $"  In interpreter {thread.InterpreterId}"),
                _ => "  Not currently attached to any interpreter",
            });
            if (thread.RuntimeCount > 1 && thread.InterpreterId >= 0)
            {
                TerminalText.AppendEscaped(text.Append(" of Python "), thread.PythonVersion);
            }

            text.Append(" [");
            TerminalText.AppendEscaped(text, thread.Status);
            text.Append(']');
        }
    }

    /// <summary>How many frames from this one on are of one library and have no symbols.</summary>
    private static int Nameless(PyFrameList frames, int first)
    {
        int end = first;
        while (end < frames.Count && frames[end] is { Kind: PyFrameKind.Native } frame
            && string.IsNullOrEmpty(frame.Function) && string.IsNullOrEmpty(frame.File) && frame.Library == frames[first].Library)
        {
            end++;
        }

        return end - first;
    }

    // One line: what six lines of ??? would say.
    private static void AppendNameless(StringBuilder text, PyFrame frame, int count, Palette palette)
    {
        text.Append("\n    ").Append(palette.Native).Append("(C)").Append(palette.Reset).Append(CultureInfo.InvariantCulture, $" {count} frames without symbols in ");
        if (string.IsNullOrEmpty(frame.Library))
        {
            text.Append("code of no file");
            return;
        }

        TerminalText.AppendEscaped(text, System.IO.Path.GetFileName(frame.Library));
        TerminalText.AppendEscaped(text.Append(" ("), frame.Library);
        text.Append(')');
        if (DebugPackages.Of(frame.Library) is { } package)
        {
            text.Append(": Debian's ").Append(package).Append(" of the same version has them");
        }
    }

    /// <summary>Appends the lines of a frame.</summary>
    /// <param name="mark">What is before it; null for its kind.</param>
    internal static void AppendFrame(StringBuilder text, PyFrame frame, Palette palette, string? mark = null)
    {
        bool isNative = frame.Kind == PyFrameKind.Native;
        text.Append("\n    ").Append(isNative ? palette.Native : palette.Python)
            .Append(mark ?? (isNative ? "(C)" : "(Python)")).Append(palette.Reset).Append(" File \"");
        TerminalText.AppendEscaped(text, string.IsNullOrEmpty(frame.File) ? NoName : frame.File);
        text.Append(CultureInfo.InvariantCulture, $"\", line {frame.Line ?? 0}, in ").Append(palette.Function);
        TerminalText.AppendEscaped(text, string.IsNullOrEmpty(frame.Function) ? NoName : frame.Function);
        text.Append(palette.Reset);
        if (isNative)
        {
            TerminalText.AppendEscaped(text.Append(frame.IsInlined ? " (inlined) (" : " ("), frame.Library ?? "");
            text.Append(')');
            return;
        }

        SourceLineView.Append(text, frame, palette);
        AppendVariables(text, "Arguments:", frame.Arguments);
        AppendVariables(text, "Locals:", frame.Locals);
    }

    private static void AppendVariables(StringBuilder text, string title, PyVariables? variables)
    {
        if (variables is null || variables.Count == 0)
        {
            return;
        }

        text.Append("\n      ").Append(title);
        foreach (DictionaryEntry variable in variables)
        {
            TerminalText.AppendEscaped(text.Append("\n        "), variable.Key.ToString());
            TerminalText.AppendEscaped(text.Append(": "), variable.Value?.ToString());
        }
    }
}
