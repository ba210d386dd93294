using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using PyStack.Engine.Debuginfod;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Symbols;
using PyStack.Engine.Targets;
using PyStack.Engine.Unwinding;

namespace PyStack.Engine.Capture.NativeStacks;

/// <summary>Unwinds the copied stacks of a target's threads and looks their frames up. The binaries are in use until it is disposed of.</summary>
internal sealed class NativeStackReader : IDisposable
{
    /// <summary>The trampoline that a signal handler returns to, as gdb calls it.</summary>
    private const string SignalHandler = "<signal handler called>";

    private readonly ITarget _target;
    private readonly IMemorySource _readOnly;
    private readonly CodeMap _code;
    private readonly ProcessorRules _rules;
    private readonly Unwinder _unwinder;
    private readonly List<UnwoundFrame> _unwound = [];
    private readonly List<SymbolizedFrame> _functions = [];
    private readonly DebugFiles _files;
    private int _framesLeft;

    /// <param name="servers">Are asked for debug information that is missing here, for as long as that takes: not while a target is stopped. Null for none.</param>
    public NativeStackReader(ITarget target, Limits limits, IEngineLog log, BinaryCache? cache = null, DebuginfodClient? servers = null)
    {
        _target = target;
        _readOnly = new CachedMemory(target.Memory);
        _code = new CodeMap(target, _readOnly, limits, log, cache, servers);
        _files = new DebugFiles(target, limits, log, servers);
        _framesLeft = limits.NativeFramesInAll;
        _rules = ProcessorRules.Of(target.Processor);
        _unwinder = new Unwinder(_rules, target.CodeMask, _code, limits);
    }

    /// <summary>The native stack of one thread.</summary>
    public NativeStack Read(NativeThread thread)
    {
        _unwound.Clear();

        // Each of these becomes one that is looked up and shown; those of one reader belong to one capture.
        UnwindEnd why = _unwinder.Unwind(thread.Registers, MemoryOf(thread), _unwound, _framesLeft);
        _framesLeft -= _unwound.Count;
        return Name(CollectionsMarshal.AsSpan(_unwound), why, thread.Moment);
    }

    /// <summary>Looks up frames.</summary>
    /// <param name="unwound">Innermost first.</param>
    public NativeStack Name(ReadOnlySpan<UnwoundFrame> unwound, UnwindEnd end, NativeMoment moment)
    {
        List<NativeFrame> frames = new(unwound.Length * 2);
        for (int i = unwound.Length - 1; i >= 0; i--)
        {
            // A frame reaches from where its callee's ends to its own CFA; after a signal the two may be on different stacks.
            ulong from = i > 0 ? unwound[i - 1].CanonicalFrameAddress : 0;
            ulong to = unwound[i].CanonicalFrameAddress;
            AddFunctions(unwound[i], i + 1 < unwound.Length ? EntryOf(unwound[i + 1]) : 0, unwound.Length - 1 - i, from < to ? new AddressRange(from, to) : default, frames);
        }

        return new NativeStack(frames, end, moment);
    }

    /// <summary>The frames of one thread without their names, innermost first.</summary>
    public UnwindEnd Unwind(NativeThread thread, List<UnwoundFrame> frames) => _unwinder.Unwind(thread.Registers, MemoryOf(thread), frames);

    /// <summary>The frames of a stack without their names, innermost first.</summary>
    /// <param name="memory">By <see cref="MemoryOf(IMemorySource)"/>.</param>
    public UnwindEnd Unwind(in RegisterSet registers, IMemorySource memory, List<UnwoundFrame> frames) => _unwinder.Unwind(registers, memory, frames);

    /// <summary>A thread with the registers that its code tells beside those that are known: who reads it elsewhere may not have that code.</summary>
    public NativeThread Complete(NativeThread thread)
    {
        RegisterSet registers = thread.Registers;
        _unwinder.AddLinkRegister(ref registers, MemoryOf(thread));
        return thread with { Registers = registers };
    }

    /// <summary>What the unwinder may read if a stack is copied.</summary>
    public IMemorySource MemoryOf(IMemorySource stack) => new UnwindMemory(stack, _target.Map, _readOnly);

    /// <summary>Whether an address is in memory that had code when this was made.</summary>
    public bool IsCode(ulong address) => _code.IsExecutable(address);

    /// <summary>Forgets the rules of addresses: for benchmarks of the first time.</summary>
    public void ForgetRules() => _unwinder.ForgetRules();

    public void Dispose() => _code.Dispose();

    private IMemorySource MemoryOf(NativeThread thread) => MemoryOf(thread.Stack);

    // What a frame has called: 0 where its call does not say it.
    private ulong EntryOf(in UnwoundFrame caller)
        => caller.IsReturnAddress && _rules.TryGetCallTarget(_readOnly, caller.InstructionPointer, out ulong target) ? target : 0;

    private void AddFunctions(in UnwoundFrame frame, ulong entry, int physical, AddressRange stack, List<NativeFrame> frames)
    {
        string? path = null;
        NativeBinary? binary = null;
        _functions.Clear();
        if (frame.IsSignalFrame)
        {
            _functions.Add(new SymbolizedFrame(SignalHandler, null, null, 0, IsInlined: false));
            _ = _code.TryFindBinary(frame.LookupAddress, out _, out _, out path);
        }
        else if (_code.TryFindBinary(frame.LookupAddress, out binary, out ulong loadBias, out path))
        {
            ulong linked = unchecked(frame.LookupAddress - loadBias);
            binary!.FindFunctions(linked, _functions, _files);
            if (_functions is [{ File: null }] && entry != 0 && binary.IsNamedAfterNeighbour(linked, unchecked(entry - loadBias)))
            {
                _functions.Clear();
            }
        }

        if (_functions.Count == 0)
        {
            frames.Add(new NativeFrame(frame.InstructionPointer, null, null, null, 0, path, false, physical, stack, frame.Source));
        }

        foreach (SymbolizedFrame function in _functions)
        {
            frames.Add(new NativeFrame(
                frame.InstructionPointer, function.Function, function.LinkageName, function.File, function.Line, path, function.IsInlined, physical, stack, frame.Source,
                function.Folder, binary?.SourceBuildId));
        }
    }
}
