using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Profiling;

/// <summary>The code objects of samples: each is decoded when it is seen first, since the program may free it.</summary>
internal sealed class SampledCode(PythonRuntime runtime, IMemorySource memory, Limits limits)
{
    private readonly CodeReader _reader = new(memory, runtime.Layout, limits, new CodeCache(limits.DecodedBytes));
    private readonly Dictionary<ulong, CodeObject?> _codes = new(AddressHash.Comparer);

    /// <summary>Decodes the code objects of a stack that are new.</summary>
    public void Note(System.ReadOnlySpan<SampledFrame> frames)
    {
        foreach (SampledFrame frame in frames)
        {
            if (!_codes.ContainsKey(frame.Code))
            {
                _codes.Add(frame.Code, _reader.Read(frame.Code));
            }
        }
    }

    /// <summary>The frame as it is shown; null if its code cannot be read, or has not begun.</summary>
    public PyProfileFrame? Decode(SampledFrame frame)
    {
        if (!_codes.TryGetValue(frame.Code, out CodeObject? code) || code is null)
        {
            return null;
        }

        int offset = ThreadSampler.OffsetOf(runtime.Layout, frame);
        return runtime.Layout.Code.FirstTraceable is not null && offset < code.FirstTraceable
            ? null
            : new PyProfileFrame { Kind = PyFrameKind.Python, Function = code.Name, QualifiedName = code.QualifiedName, File = code.FileName, Line = code.PositionOf(offset).Line };
    }
}
