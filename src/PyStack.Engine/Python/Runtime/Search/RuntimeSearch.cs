using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Python.Runtime.Search;

/// <summary>
/// Finds <c>_PyRuntime</c> (to 3.6: <c>interp_head</c>) if it has no symbol: by looking for a pointer to a
/// valid interpreter, in a binary's writable data.
/// </summary>
internal sealed class RuntimeSearch(ITarget target, PythonLayout layout, CancellationToken cancellation)
{
    /// <summary>libpython has 1 to 2 MB of data and .bss, and a program around it perhaps as much again.</summary>
    private const long MaxBytes = 64 << 20;

    /// <summary>Interpreters are numbered as they are made; a server makes some hundred thousand in its lifetime at most.</summary>
    private const ulong MaxInterpreterId = 1 << 24;

    /// <summary>Pointers to one and the same interpreter: the list's head, the main interpreter, the thread states.</summary>
    private const int MaxCandidates = 64;

    private readonly CachedMemory _memory = new(target.Memory);
    private readonly PointerRanges _pointers = new(target.Map);

    /// <summary>Searches some regions for the pointer to the first interpreter.</summary>
    /// <param name="runtime">The address of the runtime that the pointer belongs to.</param>
    public bool TryFind(IEnumerable<MemoryRegion> regions, out ulong runtime)
    {
        List<ulong> candidates = [];
        WordScan scan = new(target.Memory, 0, null, cancellation);
        scan.Run(Writable(regions), MaxBytes, (address, bytes, fresh) =>
        {
            ReadOnlySpan<ulong> words = WordScan.Words(bytes[..fresh]);
            for (int i = 0; i < words.Length; i++)
            {
                ulong word = words[i];
                if (_pointers.Holds(word) && IsInterpreter(word))
                {
                    candidates.Add(unchecked(address + ((ulong)i * sizeof(ulong)) - (ulong)layout.Runtime.InterpretersHead));
                }
            }

            return candidates.Count >= MaxCandidates;
        });
        return TryChoose(candidates, out runtime);
    }

    /// <summary>Of several candidates, the best one: its list is the longest, and its other fields are plausible.</summary>
    public bool TryChoose(IReadOnlyList<ulong> candidates, out ulong runtime)
    {
        runtime = 0;
        int longest = 0;
        foreach (ulong candidate in candidates)
        {
            cancellation.ThrowIfCancellationRequested();
            int length = ListLength(candidate);
            if (length > longest && HasSense(candidate))
            {
                longest = length;
                runtime = candidate;
            }
        }

        return longest > 0;
    }

    /// <summary>Whether an interpreter is at an address.</summary>
    public bool IsInterpreter(ulong address)
        => _memory.TryReadPointer(address + (ulong)layout.Interpreter.ThreadsHead, out ulong thread)
            && _pointers.Holds(thread)
            && _memory.TryReadPointer(thread + (ulong)layout.Thread.Interpreter, out ulong back)
            && back == address
            && (layout.Interpreter.Id is not int id || (_memory.TryReadPointer(address + (ulong)id, out ulong number) && number < MaxInterpreterId))
            && InterpreterValidator.IsInterpreter(_memory, address, layout, out _);

    private int ListLength(ulong runtime)
    {
        int length = 0;
        CycleGuard guard = default;
        if (!_memory.TryReadPointer(runtime + (ulong)layout.Runtime.InterpretersHead, out ulong interpreter))
        {
            return 0;
        }

        while (interpreter != 0 && guard.TryStep(interpreter) && length < MaxCandidates)
        {
            length++;
            if (!_memory.TryReadPointer(interpreter + (ulong)layout.Interpreter.Next, out interpreter))
            {
                break;
            }
        }

        return length;
    }

    // A pointer to a thread state leads to one of the list, or is null.
    private bool HasSense(ulong runtime)
        => IsThreadOrNull(runtime, layout.Runtime.Finalizing) && IsThreadOrNull(runtime, layout.Runtime.GilCurrentThread);

    private bool IsThreadOrNull(ulong runtime, int? offset)
    {
        if (offset is not int at)
        {
            return true;
        }

        // During the search the GIL goes from thread to thread: a thread state is recognized by its link back to an interpreter.
        return target.Memory.TryReadPointer(runtime + (ulong)at, out ulong thread)
            && (thread == 0
                || (_pointers.Holds(thread)
                    && target.Memory.TryReadPointer(thread + (ulong)layout.Thread.Interpreter, out ulong interpreter)
                    && IsInterpreter(interpreter)));
    }

    private static IEnumerable<MemoryRegion> Writable(IEnumerable<MemoryRegion> regions)
    {
        foreach (MemoryRegion region in regions)
        {
            if (region.IsWritable && region.IsReadable)
            {
                yield return region;
            }
        }
    }
}
