using System.Globalization;
using System.Text;

namespace PyStack;

/// <summary>
/// The model's objects on one line each: what PowerShell compares, searches and puts into a text. Two objects have the same line if they say the
/// same, so that <c>Compare-Object</c> of two captures shows the threads whose stack, status or name has changed, and no others.
/// </summary>
internal static class StackText
{
    // Frames of one thread that are written out, and of a deeper one how many of each end.
    private const int MaxFrames = 1000;
    private const int FramesOfEachEnd = MaxFrames / 2;

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
        AppendFrames(text, frames, null);
        return text.ToString();
    }

    /// <summary>A thread: id, name, interpreter where there are several, status, and the frames from the outermost on.</summary>
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
        AppendFrames(text, frames, thread.StackHash);
        text.Append(frames.Count == 0 ? "no frames" : "");
        return text.ToString();
    }

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

    private static void AppendFrames(StringBuilder text, PyFrameList frames, string? hash)
    {
        bool isDeep = frames.Length > MaxFrames;
        for (int i = 0; i < frames.Length; i++)
        {
            text.Append(i == 0 ? "" : " > ");
            if (isDeep && i == FramesOfEachEnd)
            {
                // The hash is of all frames: a change of those that are left out changes the line.
                text.Append(CultureInfo.InvariantCulture, $"... {frames.Length - MaxFrames} frames{(hash is null ? "" : $", stack {hash}")} ... > ");
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
