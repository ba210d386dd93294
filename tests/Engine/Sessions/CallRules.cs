using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using PyStack.TestSupport;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Who may call whom, and from which line, in <c>tests/Programs/restless.py</c> and its helper.</summary>
internal sealed partial class CallRules
{
    private const int DeepestStack = 140;
    private static readonly string[] Files = ["restless.py", "restless_newer.py"];

    // 2.7 calls the first two by names with two underscores.
    private static readonly string[] Threading = ["bootstrap", "bootstrap_inner", "run"];

    private readonly Dictionary<string, Rules> _rules = [];

    private CallRules()
    {
        foreach (string file in Files)
        {
            _rules.Add(file, Parse(File.ReadAllLines(Programs.PathOf(file))));
        }
    }

    /// <summary>Each line's function, and those that it may call.</summary>
    private sealed record Rules(string[] Functions, string[][] Callees);

    private static Rules Parse(string[] lines)
    {
        string[] functions = new string[lines.Length];
        string[][] callees = new string[lines.Length][];
        string function = "<module>";
        for (int i = 0; i < lines.Length; i++)
        {
            // A function begins with its decorators: that is its first line.
            int header = lines[i].TrimStart().StartsWith('@') ? i + 1 : i;
            if (Definition().Match(lines[header]) is { Success: true } definition)
            {
                function = definition.Groups[1].Value;
            }
            else if (lines[i].Length > 0 && !char.IsWhiteSpace(lines[i][0]))
            {
                function = "<module>";
            }

            functions[i] = function;
            int mark = lines[i].IndexOf("# -> ", StringComparison.Ordinal);
            callees[i] = mark < 0 ? [] : lines[i][(mark + 5)..].Split(' ');
        }

        return new Rules(functions, callees);
    }

    public static CallRules Read() => new();

    /// <summary>What is impossible about a restless thread's stack; null if it can have existed.</summary>
    /// <param name="isWhole">Whether the innermost frames must be there, too.</param>
    public string? Violation(IReadOnlyList<PyFrame> frames, bool isWhole)
    {
        // _bootstrap, _bootstrap_inner, run, restless, and the habit, which is never left. Only at the start, just after it
        // has said that it is ready, the habit may not have been called yet.
        bool isStarting = frames.Count == 4 && frames[^1].Function == "restless";
        if (isWhole && frames.Count < 5 && !isStarting)
        {
            return $"{frames.Count} frames, fewer than the thread ever has: {string.Join(", ", frames)}";
        }

        if (frames.Count > DeepestStack)
        {
            return $"{frames.Count} frames, more than the program ever has";
        }

        for (int i = 0; i < frames.Count; i++)
        {
            string? problem = Violation(frames[i], i + 1 < frames.Count ? frames[i + 1] : null, i);
            if (problem is not null)
            {
                return $"frame {i}: {problem}\n  {string.Join("\n  ", frames.Select(frame => frame.ToString()))}";
            }
        }

        return null;
    }

    // The outermost frames are those of the threading module, which is never left.
    private string? Violation(PyFrame frame, PyFrame? callee, int index)
    {
        if (!_rules.TryGetValue(Path.GetFileName(frame.File!), out Rules? rules))
        {
            return index < 3 && frame.Function!.TrimStart('_') == Threading[index] && (callee is null || index < 2 || callee.Function == "restless")
                ? null : $"{frame} does not belong here";
        }

        if (frame.Line is not int line || line < 1 || line > rules.Functions.Length)
        {
            // Code without a line: the first instructions of a generator (3.11 and later) have none.
            return callee is null ? null : $"{frame} calls {callee.Function} from no line";
        }

        if (index < 3 || rules.Functions[line - 1] != frame.Function)
        {
            return $"line {line} is not one of {frame.Function}";
        }

        return callee is null || rules.Callees[line - 1].Contains(callee.Function) ? null : $"line {line} of {frame.Function} does not call {callee.Function}";
    }

    [GeneratedRegex(@"^\s*def (\w+)\(")]
    private static partial Regex Definition();
}
