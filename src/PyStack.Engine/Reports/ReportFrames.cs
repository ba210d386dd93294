using System;
using System.Collections.Generic;
using System.Text.Json;
using PyStack.Engine.Pages;
using PyStack.Engine.Profiling.Formats;

namespace PyStack.Engine.Reports;

/// <summary>The stacks of a report as a tree of different frames: threads that share their outer frames share them here.</summary>
internal sealed class ReportFrames(IReportLook look, CarriedSources sources)
{
    /// <summary>Characters of all excerpts together; a page of 100 MB is opened by no browser with pleasure.</summary>
    private const int MaxExcerpts = 8 << 20;

    private readonly StackTree _tree = new();
    private readonly Dictionary<FunctionRow, int> _functions = [];
    private readonly Dictionary<Row, int> _frames = [];
    private readonly Dictionary<string, int> _lines = [];
    private readonly Dictionary<SourceExcerpt, int> _excerpts = new(ReferenceEqualityComparer.Instance);
    private int _room = MaxExcerpts;

    /// <summary>The innermost node of a stack; <see cref="StackTree.None"/> for one without frames.</summary>
    /// <param name="process">The number of the process.</param>
    public int Add(PyFrameList frames, int process, ProgramIdentity? program)
    {
        int node = StackTree.None;
        foreach (PyFrame frame in frames)
        {
            node = _tree.Add(node, Of(frame, process, program));
        }

        return node;
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("tree");
        Column(writer, "frame", _tree.Frames);
        writer.WriteStartArray("up");
        for (int i = 0; i < _tree.Parents.Count; i++)
        {
            // How many rows above the parent is, mostly one; 0 for none.
            writer.WriteNumberValue(_tree.Parents[i] == StackTree.None ? 0 : i - _tree.Parents[i]);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();

        writer.WriteStartArray("frames");
        foreach (Row row in _frames.Keys)
        {
            writer.WriteStartArray();
            foreach (int value in (int[])[row.Function, row.Line, row.Text, row.From, row.To, row.EndLine, row.End, row.Excerpt, row.Flags])
            {
                writer.WriteNumberValue(value);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("functions");
        foreach (FunctionRow function in _functions.Keys)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(function.Name);
            writer.WriteStringValue(function.File);
            writer.WriteStringValue(function.Library);
            writer.WriteNumberValue((int)function.Kind);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("excerpts");
        foreach (SourceExcerpt excerpt in _excerpts.Keys)
        {
            writer.WriteStartObject();
            writer.WriteNumber("first", excerpt.First);
            writer.WriteStartArray("lines");
            foreach (string line in excerpt.Lines)
            {
                writer.WriteNumberValue(Line(line));
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("lines");
        foreach (string line in _lines.Keys)
        {
            writer.WriteStringValue(line);
        }

        writer.WriteEndArray();
    }

    private int Of(PyFrame frame, int process, ProgramIdentity? program)
    {
        string name = ProfileText.Of(string.IsNullOrEmpty(frame.QualifiedName) ? frame.Function : frame.QualifiedName);
        bool isNative = frame.Kind == PyFrameKind.Native;
        int function = NumberOf(_functions, new FunctionRow(name.Length == 0 ? "<unknown>" : name, ProfileText.Of(frame.File), ProfileText.Of(frame.Library), isNative ? FunctionKind.Native : FunctionKind.Python));
        int line = Math.Max(0, frame.Line ?? 0), endLine = Math.Max(line, frame.EndLine ?? 0);
        string? source = string.IsNullOrWhiteSpace(frame.SourceLine) ? null : frame.SourceLine;
        SourceExcerpt? excerpt = source is null ? null : sources.Around(process, frame) ?? look.Around(frame, program);
        (int from, int to) = source is null || frame.Column is not int column ? (0, 0)
            : (ShownSource.IndexOf(source, column), endLine > line || frame.EndColumn is not int end ? -1 : ShownSource.IndexOf(source, end));
        return NumberOf(_frames, new Row(
            function, line, source is null ? -1 : Line(source), from, to, endLine, EndOf(frame, excerpt, endLine), excerpt is null ? -1 : Number(excerpt),
            (frame.IsSourceNewer ? 1 : 0) | (frame.IsInlined ? 2 : 0)));
    }

    // Where an expression of several lines ends, if its last line is known.
    private static int EndOf(PyFrame frame, SourceExcerpt? excerpt, int endLine)
        => excerpt is not null && endLine > frame.Line && frame.EndColumn is int end && endLine - excerpt.First is var index && index >= 0 && index < excerpt.Lines.Count
            ? ShownSource.IndexOf(excerpt.Lines[index], end)
            : 0;

    private int Number(SourceExcerpt excerpt)
    {
        if (_excerpts.TryGetValue(excerpt, out int known))
        {
            return known;
        }

        int length = 0;
        foreach (string line in excerpt.Lines)
        {
            length += line.Length;
        }

        _room -= length;
        return _room < 0 ? -1 : NumberOf(_excerpts, excerpt);
    }

    private int Line(string text) => NumberOf(_lines, ShownSource.Of(text));

    private static int NumberOf<T>(Dictionary<T, int> numbers, T item)
        where T : notnull
    {
        if (!numbers.TryGetValue(item, out int number))
        {
            number = numbers.Count;
            numbers.Add(item, number);
        }

        return number;
    }

    private static void Column(Utf8JsonWriter writer, string name, List<int> values)
    {
        writer.WriteStartArray(name);
        foreach (int value in values)
        {
            writer.WriteNumberValue(value);
        }

        writer.WriteEndArray();
    }

    /// <summary>A frame as the page has it. A dictionary that nothing is removed from keeps the order in which its keys were added.</summary>
    /// <param name="Text">The line's number among all lines; -1 if it is not known.</param>
    /// <param name="From">Where the running expression begins in the text.</param>
    /// <param name="To">Where it ends; -1 for the end of the line.</param>
    /// <param name="End">Where it ends in the line <paramref name="EndLine"/>, if that is another one.</param>
    /// <param name="Flags">1: the file is newer than the process; 2: inlined.</param>
    private readonly record struct Row(int Function, int Line, int Text, int From, int To, int EndLine, int End, int Excerpt, int Flags);
}
