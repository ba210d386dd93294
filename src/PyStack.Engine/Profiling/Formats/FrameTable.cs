using System;
using System.Collections.Generic;

namespace PyStack.Engine.Profiling.Formats;

/// <summary>What a row of <see cref="FrameTable.Functions"/> is.</summary>
internal enum FunctionKind
{
    /// <summary>A function of Python.</summary>
    Python,

    /// <summary>A function of native code.</summary>
    Native,

    /// <summary>No function: a task, a thread or a process, at the root of stacks.</summary>
    Root,
}

/// <summary>A function.</summary>
/// <param name="File">Its source file; empty if it is not known.</param>
/// <param name="Library">Of a native function the binary; else empty.</param>
internal readonly record struct FunctionRow(string Name, string File, string Library, FunctionKind Kind)
{
    /// <summary>With the last part of the file or binary: <c>transfer (store.py)</c>.</summary>
    public string Label
    {
        get
        {
            string place = ProfileText.FileName(File.Length > 0 ? File : Library);
            return place.Length == 0 ? Name : $"{Name} ({place})";
        }
    }
}

/// <summary>A line of a function.</summary>
/// <param name="Function">The index in <see cref="FrameTable.Functions"/>.</param>
/// <param name="Line">0 if it is not known.</param>
internal readonly record struct FrameRow(int Function, int Line);

/// <summary>The different frames and functions of profiles, each once, with numbers from 0 on.</summary>
internal sealed class FrameTable
{
    private readonly Dictionary<PyProfileFrame, int> _known = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<FrameRow, int> _frames = [];
    private readonly Dictionary<FunctionRow, int> _functions = [];

    /// <summary>The lines of functions.</summary>
    public List<FrameRow> Frames { get; } = [];

    /// <summary>The functions.</summary>
    public List<FunctionRow> Functions { get; } = [];

    /// <summary>The number of a frame.</summary>
    public int Of(PyProfileFrame frame)
    {
        // Stacks share their frames: most are known by their reference.
        if (!_known.TryGetValue(frame, out int index))
        {
            string name = ProfileText.Of(string.IsNullOrEmpty(frame.QualifiedName) ? frame.Function : frame.QualifiedName);
            var function = new FunctionRow(
                name.Length == 0 ? "<unknown>" : name,
                ProfileText.Of(frame.File),
                ProfileText.Of(frame.Library),
                frame.Kind == PyFrameKind.Native ? FunctionKind.Native : FunctionKind.Python);
            index = Add(function, Math.Max(0, frame.Line ?? 0));
            _known.Add(frame, index);
        }

        return index;
    }

    /// <summary>The number of a root that is no function.</summary>
    public int OfRoot(string name) => Add(new FunctionRow(name, "", "", FunctionKind.Root), 0);

    private int Add(FunctionRow function, int line)
    {
        if (!_functions.TryGetValue(function, out int number))
        {
            number = Functions.Count;
            _functions.Add(function, number);
            Functions.Add(function);
        }

        var frame = new FrameRow(number, line);
        if (!_frames.TryGetValue(frame, out int index))
        {
            index = Frames.Count;
            _frames.Add(frame, index);
            Frames.Add(frame);
        }

        return index;
    }
}
