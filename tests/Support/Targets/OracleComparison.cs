using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace PyStack.TestSupport.Targets;

/// <summary>Whether captured threads are what the target says of itself, to the last column.</summary>
public static partial class OracleComparison
{
    /// <summary>Fails with the first differing frames of each thread side by side.</summary>
    public static void AssertAgrees(Target target, IReadOnlyList<PyThread> captured)
    {
        ArgumentNullException.ThrowIfNull(target);
        string differences = Differences(target.Oracle, captured);
        Assert.True(differences.Length == 0, $"{differences}\n{target.Describe()}");
    }

    /// <summary>All that is not as the target says; empty if nothing is.</summary>
    public static string Differences(OracleReport oracle, IReadOnlyList<PyThread> captured)
    {
        StringBuilder text = new();
        string expectedIds = string.Join(' ', oracle.Threads.Select(thread => thread.ThreadId));
        string actualIds = string.Join(' ', captured.Select(thread => thread.ThreadId));
        if (expectedIds != actualIds)
        {
            text.Append($"Threads, oldest first:\n  the target says  {expectedIds}\n  captured         {actualIds}\n");
        }

        for (int i = 0; i < Math.Min(oracle.Threads.Count, captured.Count); i++)
        {
            CompareThread(oracle, oracle.Threads[i], captured[i], text);
        }

        return text.ToString();
    }

    private static void CompareThread(OracleReport oracle, OracleThread expected, PyThread actual, StringBuilder text)
    {
        string name = $"Thread {actual.ThreadId} ({expected.Name})";
        Check(text, name, "process id", oracle.ProcessId, actual.ProcessId);
        Check(text, name, "version", oracle.Version, actual.PythonVersion);
        Check(text, name, "OS name", Written(ProcOracle.ThreadName(actual.ProcessId, actual.ThreadId)), actual.Name);
        Check(text, name, "interpreter", 0L, actual.InterpreterId);
        Check(text, name, "warnings", "", string.Join("; ", actual.Warnings));
        Check(text, name, "number of frames", expected.Frames.Count, actual.Frames.Length);
        int shown = 0;
        for (int i = 0; i < Math.Min(expected.Frames.Count, actual.Frames.Length) && shown < 3; i++)
        {
            bool isMoving = expected.IsRunning && i == expected.Frames.Count - 1;
            string frame = CompareFrame(expected.Frames[i], actual, actual.Frames[i], i, isMoving);
            if (frame.Length > 0)
            {
                text.Append($"{name}, frame {i}:\n  the target says  {expected.Frames[i]}\n  captured         {Describe(actual.Frames[i])}\n{frame}");
                shown++;
            }
        }
    }

    // What no XML document can have (Char in XML 1.0) is written out in the objects.
    [GeneratedRegex(@"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]")]
    private static partial Regex NotInXml();

    private static string? Written(string? text) => text is null ? null : NotInXml().Replace(text, one => one.Value[0] switch
    {
        < ' ' => $"\\x{(int)one.Value[0]:x2}",
        >= '\udc80' and <= '\udcff' => $"\\x{one.Value[0] & 0xff:x2}",
        char other => $"\\u{(int)other:x4}",
    });

    private static string CompareFrame(OracleFrame expected, PyThread thread, PyFrame actual, int index, bool isMoving)
    {
        StringBuilder text = new();
        Check(text, "  ", "kind", PyFrameKind.Python, actual.Kind);
        Check(text, "  ", "index", index, actual.Index);
        Check(text, "  ", "process id", thread.ProcessId, actual.ProcessId);
        Check(text, "  ", "thread id", thread.ThreadId, actual.ThreadId);
        Check(text, "  ", "thread name", thread.Name, actual.ThreadName);
        Check(text, "  ", "function", Written(expected.Function), actual.Function);
        Check(text, "  ", "qualified name", Written(expected.QualifiedName), actual.QualifiedName);
        Check(text, "  ", "file", Written(expected.File), actual.File);
        if (!isMoving)
        {
            Check(text, "  ", "line", expected.Line, actual.Line);
            Check(text, "  ", "end line", expected.EndLine, actual.EndLine);
            Check(text, "  ", "column", expected.Column, actual.Column);
            Check(text, "  ", "end column", expected.EndColumn, actual.EndColumn);
            // A form feed, which no XML can contain, is a blank in the objects: both are white space for Python.
            Check(text, "  ", "source line", Written(expected.Source?.Replace('\f', ' ')), actual.SourceLine);
        }

        return text.ToString();
    }

    private static string Describe(PyFrame frame)
        => $"{frame.Function} ({frame.QualifiedName}) {frame.File}:{frame.Line}-{frame.EndLine}:{frame.Column}-{frame.EndColumn} | {frame.SourceLine}";

    private static void Check<T>(StringBuilder text, string where, string what, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            text.Append($"{where} {what}: the target says <{expected}>, captured <{actual}>\n");
        }
    }
}
