using System.Globalization;
using System.Management.Automation.Host;
using System.Text;

namespace PyStack;

/// <summary>A task as one line of a tree: the branch that the capture has drawn for it, what it is, what it waits for and where.</summary>
internal static class TaskTreeView
{
    // Of a name; C++ and generated code have longer ones.
    private const int MaxLength = 60;

    private const int MaxDepth = 40;

    /// <summary>The line, in given colours.</summary>
    public static string Write(PyTask task, Palette palette) => Branch(task) + Text(task, palette);

    /// <summary>The line, broken where it is too long for a view; the lines of the tree go on beside it.</summary>
    public static string Write(PyTask task, Palette palette, PSHost? host)
    {
        string branch = Branch(task);
        string[] lines = LineBreaks.ForView([Text(task, palette)], host, branch.Length);
        return lines.Length == 1 ? branch + lines[0] : branch + string.Join('\n' + branch.Replace("├─", "│ ").Replace("└─", "  ").Replace('↻', ' '), lines);
    }

    private static string Text(PyTask task, Palette palette)
    {
        StringBuilder text = new(TaskTraceback.Title(task));
        text.Append(task.Depth == 0 ? TaskTraceback.Place(task) : "").Append(" [").Append(TaskTraceback.Status(task)).Append(']');
        if (task.Frames.Count > 0)
        {
            Append(text.Append(' '), task.Frames[0], palette);
        }

        if (task.Frames.Count > 1)
        {
            Append(text.Append(task.Frames.Count > 2 ? " > … > " : " > "), task.Frames[^1], palette);
        }

        // The one above it is drawn.
        string others = TaskTraceback.Awaiters(task.AwaitedBy, task.ParentId, out int count);
        return count == 0 ? text.ToString() : text.Append(task.Depth == 0 ? " (awaited by " : " (also awaited by ").Append(others).Append(')').ToString();
    }

    // Objects of JSON or of a selection may lack it.
    private static string Branch(PyTask task)
        => TerminalText.Escape(
            task.Branch.Length > 0 || task.Depth <= 0 ? task.Branch
            : task.Depth <= MaxDepth ? new string(' ', (task.Depth - 1) * 3) + "└─ "
            : string.Create(CultureInfo.InvariantCulture, $"({task.Depth}) "));

    private static void Append(StringBuilder text, PyFrame frame, Palette palette)
    {
        text.Append(palette.Paint(Cut(string.IsNullOrEmpty(frame.Function) ? "???" : frame.Function), frame.Kind));
        text.Append(" (").Append(Cut(System.IO.Path.GetFileName(frame.File ?? ""))).Append(CultureInfo.InvariantCulture, $":{frame.Line ?? 0})");
    }

    private static string Cut(string text) => TerminalText.Escape(text.Length <= MaxLength ? text : text[..(MaxLength - 1)] + "…");
}
