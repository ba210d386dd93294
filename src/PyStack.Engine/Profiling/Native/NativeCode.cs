using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using PyStack.Engine.Capture.Merging;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Unwinding;

namespace PyStack.Engine.Profiling.Native;

/// <summary>The code of a process that is sampled: unwinds stacks, and names their frames. Where a library was loaded meanwhile, the memory map is read again, and what was read with the old one is named by the old one.</summary>
internal sealed class NativeCode : IDisposable
{
    /// <summary>Each keeps the binaries that it has used.</summary>
    private const int MaxMaps = 32;

    /// <summary>Addresses of innermost frames that are remembered.</summary>
    private const int MaxAddresses = 1 << 20;

    private static readonly long RefreshEvery = Stopwatch.Frequency / 2;

    private readonly LiveProcess _process;
    private readonly LoopOwners _owners;
    private readonly Limits _limits;
    private readonly IEngineLog _log;
    private readonly StackCopy _copy = new();
    private readonly List<NativeStackReader> _maps = [];
    private readonly Dictionary<ulong, ulong> _innermost = new(AddressHash.Comparer);
    private readonly Dictionary<string, ulong> _lines = [];
    private readonly StringBuilder _line = new();
    private IMemorySource _memory;
    private long _refreshedAt;

    public NativeCode(LiveProcess process, IReadOnlyList<PythonRuntime> runtimes, Limits limits, IEngineLog log)
    {
        (_process, _owners, _limits, _log) = (process, new LoopOwners(runtimes), limits, log);
        _maps.Add(new NativeStackReader(process, limits, log));
        _memory = _maps[0].MemoryOf(_copy);
    }

    /// <summary>The frames of the last stack, innermost first.</summary>
    public List<UnwoundFrame> Frames { get; } = [];

    /// <summary>Which map they were found with.</summary>
    public int Map => _maps.Count - 1;

    /// <summary>An address that stands for the innermost of them: the first one that was met in the same line of the same functions.</summary>
    public ulong Innermost { get; private set; }

    /// <summary>Whether the copy of the stack ended before the walk did.</summary>
    public bool IsTooShort => _copy.IsTooShort;

    /// <summary>Unwinds a stack.</summary>
    public UnwindEnd Unwind(in RegisterSet registers, ReadOnlyMemory<byte> stack)
    {
        _ = registers.TryGet(_process.Processor.StackPointer, out ulong start);
        _copy.Set(start, stack);
        UnwindEnd end = Unwind(registers);
        if (end == UnwindEnd.NoRules && TryRefresh())
        {
            end = Unwind(registers);
        }

        Innermost = Frames.Count > 0 ? Representative(Frames[0]) : 0;
        return end;
    }

    /// <summary>Names the frames of a stack.</summary>
    public NativeStack Name(NativeDetail detail) => _maps[detail.Map].Name(detail.Native, detail.End, NativeMoment.SameAsPython);

    public void Dispose() => _maps.ForEach(map => map.Dispose());

    private UnwindEnd Unwind(in RegisterSet registers)
    {
        Frames.Clear();
        return _maps[^1].Unwind(registers, _memory, Frames);
    }

    // Only if the code is in no map yet: a JIT compiler's is in one, and has no rules in any.
    private bool TryRefresh()
    {
        long now = Stopwatch.GetTimestamp();
        if (Frames.Count == 0 || _maps[^1].IsCode(Frames[^1].LookupAddress) || now - _refreshedAt < RefreshEvery || _maps.Count >= MaxMaps)
        {
            return false;
        }

        _refreshedAt = now;
        _process.RefreshMap(_limits);
        _maps.Add(new NativeStackReader(_process, _limits, _log));
        _memory = _maps[^1].MemoryOf(_copy);
        _innermost.Clear();
        _lines.Clear();
        return true;
    }

    private ulong Representative(in UnwoundFrame frame)
    {
        if (_innermost.TryGetValue(frame.InstructionPointer, out ulong known))
        {
            return known;
        }

        if (_innermost.Count >= MaxAddresses)
        {
            _innermost.Clear();
            _lines.Clear();
        }

        _line.Clear();
        foreach (NativeFrame function in _maps[^1].Name(new ReadOnlySpan<UnwoundFrame>(in frame), UnwindEnd.Complete, NativeMoment.SameAsPython).Frames)
        {
            _line.Append(function.Library).Append('\0').Append(function.LinkageName ?? function.Function).Append('\0');

            // A line of the evaluation loop is not shown.
            _ = _owners.IsLoop(function) ? _line : _line.Append(function.File).Append('\0').Append(function.Line).Append('\0');
        }

        string line = _line.ToString();
        ref ulong first = ref CollectionsMarshal.GetValueRefOrAddDefault(_lines, line, out bool isKnown);
        first = isKnown ? first : frame.InstructionPointer;
        _innermost.Add(frame.InstructionPointer, first);
        return first;
    }
}
