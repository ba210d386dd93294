using System.Globalization;
using System.Text;

namespace PyStack;

/// <summary>
/// The model's objects on one line each: what PowerShell puts into a text, a table and a group.
/// </summary>
internal static class StackText
{
    // Frames of one thread that are written out, and of a deeper one how many of each end.
    private const int MaxFrames = 1000;
    private const int FramesOfEachEnd = MaxFrames / 2;

    // Of the line of a thread, so that Compare-Object's table of two captures still has room for its second column at 80 columns.
    private const int MaxThreadFunction = 32;
    private const int MaxThreadFile = 20;

    // Characters of a command line, which can have megabytes.
    private const int MaxCommandLine = 200;

    private const string NoName = "???";

    /// <summary>A frame: function, file and line, and of a native one the library.</summary>
    public static string Of(PyFrame frame)
    {
        var text = new StringBuilder();
        Append(text, frame);
        return text.ToString();
    }

    /// <summary>Frames of a stack, from the outermost on.</summary>
    public static string Of(PyFrameList frames)
    {
        var text = new StringBuilder();
        AppendFrames(text, frames);
        return text.ToString();
    }

    /// <summary>A thread: id, name, interpreter where there are several, status, and the innermost frame with the last part of its file's name.</summary>
    public static string Of(PyThread thread)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Thread {thread.ThreadId} ");
        if (!string.IsNullOrEmpty(thread.Name))
        {
            TerminalText.AppendEscaped(text.Append('('), thread.Name);
            text.Append(") ");
        }

        if (thread.InterpreterId > 0 || (thread.InterpreterCount > 1 && thread.InterpreterId == 0))
        {
            text.Append(CultureInfo.InvariantCulture, $"in interpreter {thread.InterpreterId} ");
        }

        TerminalText.AppendEscaped(text.Append('['), thread.Status);
        text.Append("] ");
        // PowerShell can make one without frames: [PyStack.PyThread]::new().
        PyFrameList frames = thread.Frames ?? [];
        return (frames.Count == 0 ? text.Append("no frames") : AppendShort(text, frames[^1])).ToString();
    }

    private static StringBuilder AppendShort(StringBuilder text, PyFrame frame)
    {
        string file = (frame.Kind == PyFrameKind.Native ? frame.Library : frame.File) ?? "";
        file = file[(file.LastIndexOf('/') + 1)..];
        text.Append(Cut(string.IsNullOrEmpty(frame.Function) ? NoName : frame.Function, MaxThreadFunction)).Append(" (");
        text.Append(frame.Kind == PyFrameKind.Native ? "C in " : "").Append(Cut(file.Length > 0 ? file : NoName, MaxThreadFile));
        return frame.Kind == PyFrameKind.Native ? text.Append(')') : text.Append(CultureInfo.InvariantCulture, $":{frame.Line ?? 0})");
    }

    private static string Cut(string text, int length) => TerminalText.Escape(text.Length <= length ? text : text[..(length - 3)] + "...");

    /// <summary>A process: id, name, version, start and the beginning of its command line.</summary>
    public static string Of(PyProcess process)
    {
        string arguments = process.CommandLine.Length <= MaxCommandLine ? process.CommandLine : process.CommandLine[..MaxCommandLine] + "...";
        return TerminalText.Escape(string.Create(
            CultureInfo.InvariantCulture,
            $"Process {process.Id} ({process.Name}), {Version(process)}started {process.StartTime:yyyy-MM-dd HH:mm:ss}{(arguments.Length > 0 ? ": " : "")}{arguments}"));
    }

    /// <summary>A core: file, process, signal, version and time.</summary>
    public static string Of(PyCore core) => TerminalText.Escape(string.Create(
        CultureInfo.InvariantCulture,
        $"Core {core.Path} of process {core.DumpedProcessId} ({core.Name}){Listed(core.SignalName)}{Listed(core.PythonVersion, "Python ")}, written {core.Time:yyyy-MM-dd HH:mm:ss}"));

    private static void AppendFrames(StringBuilder text, PyFrameList frames)
    {
        bool isDeep = frames.Length > MaxFrames;
        for (int i = 0; i < frames.Length; i++)
        {
            text.Append(i == 0 ? "" : " > ");
            if (isDeep && i == FramesOfEachEnd)
            {
                text.Append(CultureInfo.InvariantCulture, $"... {frames.Length - MaxFrames} frames ... > ");
                i = frames.Length - FramesOfEachEnd;
            }

            Append(text, frames[i]);
        }
    }

    private static void Append(StringBuilder text, PyFrame frame)
    {
        TerminalText.AppendEscaped(text, string.IsNullOrEmpty(frame.Function) ? NoName : frame.Function);
        text.Append(" (");
        bool hasFile = !string.IsNullOrEmpty(frame.File);
        if (hasFile || frame.Kind == PyFrameKind.Python)
        {
            TerminalText.AppendEscaped(text, hasFile ? frame.File : NoName);
            text.Append(CultureInfo.InvariantCulture, $":{frame.Line ?? 0}");
        }

        if (frame.Kind == PyFrameKind.Native)
        {
            text.Append(hasFile ? ", " : "").Append(frame.IsInlined ? "C, inlined, in " : "C in ");
            TerminalText.AppendEscaped(text, string.IsNullOrEmpty(frame.Library) ? NoName : frame.Library);
        }

        text.Append(')');
    }

    private static string Version(PyProcess process) => process.Implementation == PyImplementation.CPython
        ? process.PythonVersion is null ? "" : $"Python {process.PythonVersion}, "
        : $"{process.Implementation}{(process.PythonVersion is null ? "" : $" {process.PythonVersion}")}, ";

    private static string Listed(string? text, string before = "") => string.IsNullOrEmpty(text) ? "" : $", {before}{text}";
}
