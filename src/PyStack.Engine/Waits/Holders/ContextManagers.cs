using System.Collections.Generic;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Waits.Holders;

/// <summary>Which plain locks a context manager has between <c>__enter__</c> and <c>__exit__</c>.</summary>
internal sealed class ContextManagers(PythonReader python, LockReader reader, LockFamily family)
{
    /// <summary>Context managers inside of each other.</summary>
    private const int MaxDepth = 8;

    /// <summary>Of an ExitStack.</summary>
    private const int MaxCallbacks = 256;

    /// <summary>Attributes that both functions of a context manager use.</summary>
    private const int MaxNames = 32;

    private readonly GeneratorReader _generators = new(python.Layout);
    private readonly CodeNames _names = new(python);
    private readonly Dictionary<ulong, List<string>> _attributes = new(AddressHash.Comparer);

    public CodeNames Names => _names;

    /// <summary>Adds the locks of one statement.</summary>
    public void AddLocks(ExitCall call, List<ulong> found) => AddLocks(call.Self, found, 0);

    /// <summary>Whether a statement may have given back, for as long as its body runs, a lock that was taken before.</summary>
    public bool MayGiveBack(ExitCall call, ulong address)
    {
        if (!python.Objects.TryGetType(call.Self, out TypeInfo type) || !type.IsHeapType)
        {
            return false;
        }

        if (TryGetGenerator(call.Self, type, out RawGenerator generator))
        {
            return reader.MayGiveBack(generator.Frame, address);
        }

        return python.Objects.TryGetClassAttribute(type, family.Enter, out ulong enter)
            && _names.OfFunction(enter) is HashSet<string> names
            && (LockReader.GivesBack(names) || names.Contains(family.ExitName))
            && reader.IsOrHas(call.Self, address, out _);
    }

    private void AddLocks(ulong manager, List<ulong> found, int depth)
    {
        LockKind kind = reader.KindOf(manager);
        if (kind == LockKind.Lock)
        {
            found.Add(manager);
        }

        // The owner of an RLock is in the RLock.
        if (kind != LockKind.None || depth > MaxDepth || !python.Objects.TryGetType(manager, out TypeInfo type) || !type.IsHeapType)
        {
            return;
        }

        if (family.LockOf(python, manager) is ulong own and not 0)
        {
            AddLocks(own, found, depth + 1);
        }
        else if (TryGetGenerator(manager, type, out RawGenerator generator))
        {
            foreach (ExitCall call in reader.Statements.Read(generator.Frame))
            {
                AddLocks(call.Self, found, depth + 1);
            }
        }
        else if (python.Objects.IsInstance(manager, "contextlib"u8, family.Stack))
        {
            AddOfStack(manager, type, found, depth);
        }
        else
        {
            foreach (string name in AttributesOf(type))
            {
                if (python.Objects.TryGetAttribute(manager, CodeNames.Bytes(name), out ulong value))
                {
                    AddLocks(value, found, depth + 1);
                }
            }
        }
    }

    // What contextlib.contextmanager makes: while the body runs, the generator waits at its yield.
    private bool TryGetGenerator(ulong manager, in TypeInfo type, out RawGenerator generator)
    {
        generator = default;
        return python.Objects.IsInstance(manager, "contextlib"u8, family.Manager(python.Objects.IsPython2))
            && python.Objects.TryGetInstanceAttribute(manager, type, "gen"u8, out ulong address)
            && _generators.TryRead(python.Memory, address, out generator)
            && generator is { State: GeneratorState.Suspended, Frame: not 0 };
    }

    // Pairs of a bool and a bound method; in 3.6 and 3.7 functions that have what they are bound to as an attribute (Lib/contextlib.py).
    private void AddOfStack(ulong manager, in TypeInfo type, List<ulong> found, int depth)
    {
        if (!python.Objects.TryGetInstanceAttribute(manager, type, "_exit_callbacks"u8, out ulong deque)
            || !python.Objects.Is(deque, ObjectKind.Deque)
            || !python.Objects.TryOpenDeque(deque, out DequeItems items))
        {
            return;
        }

        for (int i = 0; i < MaxCallbacks && items.TryNext(out ulong item); i++)
        {
            if (python.Objects.TryGetItems(item, out ItemRange pair) && pair.Count == 2)
            {
                _ = python.Objects.TryReadItem(pair, 1, out item);
            }

            if (reader.Statements.TryReadBound(item, out ExitCall call)
                || (python.Objects.TryGetType(item, out TypeInfo callback)
                    && callback.Kind == ObjectKind.Function
                    && python.Objects.TryGetInstanceAttribute(item, callback, "__self__"u8, out ulong self)
                    && (call = new ExitCall(0, self)).Self != 0))
            {
                AddLocks(call.Self, found, depth + 1);
            }
        }
    }

    // A class written in Python whose __enter__ takes what an attribute has and whose __exit__ gives it back: threading.Condition is one.
    private List<string> AttributesOf(in TypeInfo type)
    {
        if (_attributes.TryGetValue(type.Address, out List<string>? known))
        {
            return known;
        }

        List<string> attributes = [];
        if (python.Objects.TryGetClassAttribute(type, family.Enter, out ulong enter)
            && python.Objects.TryGetClassAttribute(type, family.Exit, out ulong exit)
            && _names.OfFunction(enter) is HashSet<string> entered
            && _names.OfFunction(exit) is HashSet<string> left
            && (entered.Contains("acquire") || entered.Contains(family.EnterName))
            && (left.Contains("release") || left.Contains(family.ExitName))
            && !entered.Contains("release") && !entered.Contains(family.ExitName)
            && !left.Contains("acquire") && !left.Contains(family.EnterName))
        {
            foreach (string name in entered)
            {
                if (left.Contains(name) && attributes.Count < MaxNames)
                {
                    attributes.Add(name);
                }
            }
        }

        _attributes.Add(type.Address, attributes);
        return attributes;
    }
}
