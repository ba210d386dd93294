using System.Globalization;

namespace PyStack.Engine.Profiling.Formats;

/// <summary>
/// The texts of a target as the files have them: of a bounded length, with control characters, halves of surrogate pairs and invisible characters written out. So no name can break a line of
/// a text format, drive the terminal of a tool that prints it, or hide a part of itself in a page.
/// </summary>
internal static class ProfileText
{
    /// <summary>Characters of one name; the rest is replaced by an ellipsis.</summary>
    public const int MaxLength = 2000;

    /// <summary>The text of a name, path or warning; empty for null.</summary>
    public static string Of(string? text)
    {
        if (text is null)
        {
            return "";
        }

        if (text.Length <= MaxLength)
        {
            return TerminalText.Escape(text);
        }

        // Not between the two halves of a character.
        int length = char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength;
        return TerminalText.Escape(text[..length]) + "…";
    }

    /// <summary>What a process is called: <c>python3 (112)</c>.</summary>
    public static string Process(PyProfile profile)
        => string.Create(CultureInfo.InvariantCulture, $"{(string.IsNullOrEmpty(profile.ProcessName) ? "process" : Of(profile.ProcessName))} ({profile.ProcessId})");

    /// <summary>What a thread is called: <c>MainThread (112)</c>.</summary>
    public static string Thread(PyProfileStack stack)
        => string.Create(CultureInfo.InvariantCulture, $"{(string.IsNullOrEmpty(stack.ThreadName) ? "thread" : Of(stack.ThreadName))} ({stack.ThreadId})");

    /// <summary>What a task is called; null of a thread's own samples.</summary>
    public static string? Task(PyProfileStack stack)
        => stack.TaskId is null ? null : $"task {Of(stack.TaskName ?? stack.TaskId)}";

    /// <summary>The last part of a path.</summary>
    public static string FileName(string path) => path[(path.LastIndexOf('/') + 1)..];
}
