using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>Reads the objects of one CPython of the target for the waits of its threads.</summary>
internal sealed class PythonReader
{
    private readonly CodeVariablesReader _variables;
    private readonly Dictionary<ulong, CodeVariables?> _codes = new(AddressHash.Comparer);

    /// <param name="memory">The target's memory, or a copy that was made after the waits of the kernel were read.</param>
    public PythonReader(PythonRuntime runtime, IMemorySource memory, Limits limits, CancellationToken cancellation)
    {
        (Runtime, Memory, Limits) = (runtime, memory, limits);
        _variables = new CodeVariablesReader(runtime.Layout, limits);
        Objects = new ObjectReader(runtime.Layout, limits);
        Objects.Begin(memory, cancellation);
        Values = new PythonValues(this);
    }

    public PythonRuntime Runtime { get; }

    public PythonLayout Layout => Runtime.Layout;

    public IMemorySource Memory { get; }

    public Limits Limits { get; }

    public ObjectReader Objects { get; }

    public PythonValues Values { get; }

    /// <summary>The variables of the code that a frame runs now; false if there is no valid one.</summary>
    /// <param name="frame">Of the frame struct.</param>
    public bool TryReadCode(ulong frame, [NotNullWhen(true)] out CodeVariables? code)
    {
        code = null;
        if (!Memory.TryReadPointer(frame + (ulong)Layout.Frame.Code, out ulong address))
        {
            return false;
        }

        address &= ~Layout.Frame.CodeTagMask;
        if (!_codes.TryGetValue(address, out code))
        {
            code = _variables.Read(Memory, address);
            _codes.Add(address, code);
        }

        return code is not null;
    }
}
