using System;
using System.Collections.Generic;
using PyStack.Engine.Pages;

namespace PyStack.Engine.Reports;

/// <summary>Source files that come with a report's objects: profiles have those of their functions.</summary>
internal sealed class CarriedSources
{
    private readonly Dictionary<(int Process, string File), PyProfileSource> _files = [];
    private readonly Dictionary<PyProfileSource, string[]> _lines = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(PyProfileSource Source, int Line), SourceExcerpt> _excerpts = [];

    /// <summary>Adds the files of a profile.</summary>
    /// <param name="process">The number of its process in the report.</param>
    public void Add(int process, PyProfile profile)
    {
        foreach (PyProfileSource source in profile.Sources)
        {
            _files[(process, source.File)] = source;
        }
    }

    /// <summary>The lines around a frame's line, if that is the one of the file.</summary>
    public SourceExcerpt? Around(int process, PyFrame frame)
    {
        if (frame is not { Kind: PyFrameKind.Python, File: { } file, Line: > 0 and int line, SourceLine: { } text } || !_files.TryGetValue((process, file), out PyProfileSource? source))
        {
            return null;
        }

        if (!_lines.TryGetValue(source, out string[]? lines))
        {
            lines = ShownSource.LinesOf(source.Text);
            _lines.Add(source, lines);
        }

        if (line > lines.Length || lines[line - 1] != text)
        {
            return null;
        }

        if (!_excerpts.TryGetValue((source, line), out SourceExcerpt? known))
        {
            int first = Math.Max(1, line - SourceExcerpt.Reach), last = Math.Min(lines.Length, line + SourceExcerpt.Reach);
            known = new SourceExcerpt(first, lines[(first - 1)..last]);
            _excerpts.Add((source, line), known);
        }

        return known;
    }
}
