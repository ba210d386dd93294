using System;
using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Concurrency;

/// <summary>
/// The names that a program has given its threads, <c>threading.Thread.name</c>: from the dicts of the module <c>threading</c> (Lib/threading.py), <c>_active</c> by the thread's identifier,
/// which is its <c>pthread_t</c>, and <c>_limbo</c>, where a thread is until it has entered itself there. The program may change them meanwhile: what is found is used only if the object
/// itself has the same identifier.
/// </summary>
/// <param name="places">Where the dicts were found before.</param>
internal sealed class ThreadNames(ObjectReader objects, ThreadPlaces places, Limits limits)
{
    // In this copy of the memory all threads have their names at the same place, and the same object as its key.
    private EntryGuess _name;
    private EntryGuess _identifier;

    // Name mangling: in 2.7 both attributes begin with two underscores (class Thread).
    private static ReadOnlySpan<byte> Name => "_name"u8;

    private static ReadOnlySpan<byte> OldName => "_Thread__name"u8;

    private static ReadOnlySpan<byte> Identifier => "_ident"u8;

    private static ReadOnlySpan<byte> OldIdentifier => "_Thread__ident"u8;

    /// <summary>Finds the <c>Thread</c> objects of an interpreter by the identifiers of their threads; none if it has not imported <c>threading</c>.</summary>
    /// <param name="interpreter">A <c>PyInterpreterState</c>.</param>
    /// <param name="now">The target's memory as it is now, for a second look.</param>
    /// <param name="isWhole">False if the dict has changed meanwhile.</param>
    public Dictionary<ulong, ulong> FindObjects(ulong interpreter, IMemorySource now, out bool isWhole)
    {
        Dictionary<ulong, ulong> found = new(AddressHash.Comparer);
        isWhole = true;
        places.ForgetKeys();
        (_name, _identifier) = (default, default);
        if (!objects.TryFindModule(interpreter, "threading"u8, ref places.Module, out ulong module) || !objects.TryGetModuleDict(module, out ulong names))
        {
            return found;
        }

        if (objects.TryGetDictItem(names, "_limbo"u8, ref places.Limbo, out ulong limbo) && objects.TryOpenDict(limbo, out DictEntries starting))
        {
            while (found.Count < limits.Threads && objects.TryNext(ref starting, out ulong thread, out _))
            {
                if (TryGetIdentifier(thread, out ulong identifier))
                {
                    found[identifier] = thread;
                }
            }
        }

        if (objects.TryGetDictItem(names, "_active"u8, ref places.Active, out ulong active) && objects.TryOpenDict(active, out DictEntries running))
        {
            ulong signature = running.Signature;
            while (found.Count < limits.Threads && objects.TryNext(ref running, out ulong key, out ulong thread))
            {
                if (objects.TryReadInt64(key, out long identifier))
                {
                    found[(ulong)identifier] = thread;
                }
            }

            isWhole = DictEntries.TryOpen(now, objects.Layout, active, out DictEntries again) && again.Signature == signature;
        }

        return found;
    }

    /// <summary>The name of one of these threads; null if the object is not, or no longer, that thread's.</summary>
    public string? NameOf(ulong thread, ulong identifier)
        => TryGetIdentifier(thread, out ulong own)
            && own == identifier
            && TryGet(thread, objects.IsPython2 ? OldName : Name, ref _name, out ulong name)
            && objects.TryReadText(name, out string text)
                ? text
                : null;

    private bool TryGetIdentifier(ulong thread, out ulong identifier)
    {
        identifier = 0;
        if (!TryGet(thread, objects.IsPython2 ? OldIdentifier : Identifier, ref _identifier, out ulong number) || !objects.TryReadInt64(number, out long value))
        {
            return false;
        }

        identifier = (ulong)value;
        return true;
    }

    private bool TryGet(ulong thread, ReadOnlySpan<byte> name, ref EntryGuess guess, out ulong value)
    {
        value = 0;
        return objects.TryGetType(thread, out TypeInfo type) && objects.TryGetInstanceAttribute(thread, type, name, ref guess, out value);
    }
}
