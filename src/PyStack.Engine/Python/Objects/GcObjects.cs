using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Python.Objects;

/// <summary>
/// All objects that the cyclic garbage collector tracks, as <c>gc.get_objects()</c> has them: those of its generations, and those of <c>gc.freeze()</c>. Builds without a GIL have no
/// such lists.
/// </summary>
/// <remarks>
/// The lists are linked in both directions, which is checked at each step. In a process that runs they change meanwhile: where the walk forwards meets an object that was moved or freed, the
/// rest is walked from the other end.
/// </remarks>
internal sealed class GcObjects(PythonRuntime runtime, IMemorySource memory, CancellationToken cancellation)
{
    /// <summary>More objects are not walked: 64 bytes each are the least that one needs, with its head.</summary>
    private const long MaxObjects = 500_000_000;

    private const int StepsPerQuestion = 65_536;

    private readonly PythonLayout _layout = runtime.Layout;
    private readonly Dictionary<ulong, bool> _types = new(AddressHash.Comparer);
    private ulong _lastType;
    private bool _isLastWanted;
    private Predicate<ulong> _isWanted = _ => false;
    private List<ulong> _found = [];

    /// <summary>Objects that the last walk has seen, of all types.</summary>
    public long Count { get; private set; }

    /// <summary>Whether a CPython has lists of all objects.</summary>
    public static bool HasLists(PythonRuntime runtime)
        => runtime.Layout is { Gc: GcLayout at, IsFreeThreaded: false } && (at.GenerationsBefore is not null || runtime.Variables.YoungestGeneration is not null);

    /// <summary>Adds all objects of some types.</summary>
    /// <param name="interpreter">The <c>PyInterpreterState</c>. To 3.8 all interpreters have the same objects.</param>
    /// <param name="isWanted">Whether the objects of a type are wanted, by its address: asked once for each type.</param>
    /// <param name="found">Gets their addresses, older generations first, each in the order of its list. In a process that runs, one may be there twice.</param>
    /// <returns>Whether all lists could be walked to their ends.</returns>
    public bool TryFind(ulong interpreter, Predicate<ulong> isWanted, List<ulong> found)
    {
        (_isWanted, _found, Count) = (isWanted, found, 0);
        _lastType = 0;
        _types.Clear();
        if (!HasLists(runtime) || !TryFindLists(interpreter, out ulong youngest, out ulong permanent))
        {
            return false;
        }

        GcLayout at = _layout.Gc!;
        bool isWhole = permanent == 0 || TryWalk(permanent, at);
        for (int i = GcLayout.Generations - 1; i >= 0; i--)
        {
            isWhole &= TryWalk(youngest + (ulong)(i * at.GenerationSize), at);
        }

        return isWhole;
    }

    // To 3.6 a variable points to the youngest generation, in 3.7 and 3.8 the runtime has them, later each interpreter.
    private bool TryFindLists(ulong interpreter, out ulong youngest, out ulong permanent)
    {
        permanent = 0;
        if (runtime.Variables.YoungestGeneration is ulong variable)
        {
            return memory.TryReadPointer(variable, out youngest) && youngest != 0;
        }

        ulong collecting = _layout.Runtime.GcCollecting is int ofRuntime ? runtime.Address + (ulong)ofRuntime : interpreter + (ulong)(_layout.Interpreter.GcCollecting ?? 0);
        youngest = collecting - (ulong)(_layout.Gc!.GenerationsBefore ?? 0);
        permanent = collecting - (ulong)(_layout.Gc.PermanentBefore ?? 0);
        return true;
    }

    private bool TryWalk(ulong list, GcLayout at)
    {
        if (Follow(list, list, isForwards: true, at, out ulong last))
        {
            return true;
        }

        _ = Follow(list, last, isForwards: false, at, out _);
        return false;
    }

    // From the list's head to itself, or to the last object that was reached from the other end. The flags of a link are not part of it.
    private bool Follow(ulong list, ulong end, bool isForwards, GcLayout at, out ulong last)
    {
        CycleGuard guard = default;
        Span<ulong> node = stackalloc ulong[2];
        Span<ulong> type = stackalloc ulong[1];
        (int link, int back) = isForwards ? (0, 1) : (1, 0);
        last = list;
        if (!memory.TryRead(list, MemoryMarshal.AsBytes(node)))
        {
            return false;
        }

        for (ulong next = node[link] & ~GcLayout.FlagBits; next != list && next != end; next = node[link] & ~GcLayout.FlagBits)
        {
            // While the collector examines the objects, the way back is a count.
            if (!memory.TryRead(next, MemoryMarshal.AsBytes(node))
                || ((node[back] & ~GcLayout.FlagBits) != last && (at.HasPlainLinks || !isForwards || (node[back] & GcLayout.Collecting) == 0))
                || (!isForwards && !at.HasPlainLinks && (node[link] & GcLayout.Collecting) != 0)
                || !guard.TryStep(next)
                || Count >= MaxObjects
                || !memory.TryRead(next + (ulong)(at.HeadSize + _layout.Object.Type), MemoryMarshal.AsBytes(type)))
            {
                return false;
            }

            if (Count++ % StepsPerQuestion == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            if (IsWanted(type[0]))
            {
                _found.Add(next + (ulong)at.HeadSize);
            }

            last = next;
        }

        return true;
    }

    private bool IsWanted(ulong type)
    {
        if (type == _lastType)
        {
            return _isLastWanted;
        }

        if (!_types.TryGetValue(type, out bool isWanted))
        {
            _types.Add(type, isWanted = _isWanted(type));
        }

        (_lastType, _isLastWanted) = (type, isWanted);
        return isWanted;
    }
}
