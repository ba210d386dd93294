using System;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Python.Frames;

/// <summary>A generator, coroutine or async generator, as it is in memory.</summary>
/// <param name="Frame">Its frame; 0 where it has ended.</param>
/// <param name="Awaited">The object that it delegates to (<c>gi_yieldfrom</c>, <c>cr_await</c>, <c>ag_await</c>); 0 where it waits for nothing, or runs.</param>
internal readonly record struct RawGenerator(StackRootKind Kind, GeneratorState State, ulong Frame, ulong Awaited);

/// <summary>Reads generators: their state, their frame, and what they wait for, from one copy of the target's memory. Allocates nothing.</summary>
internal sealed class GeneratorReader(PythonLayout layout)
{
    /// <summary>Py_TPFLAGS_HEAPTYPE (object.h): a class of the program's, which may have any name.</summary>
    private const ulong HeapType = 1 << 9;

    /// <summary>More than the longest of the names below.</summary>
    private const int LongestName = 32;

    /// <summary>A unit of bytecode: an opcode and its argument (3.6 and later).</summary>
    private const int UnitBytes = 2;

    /// <summary>As many types as there are of generators and of what wraps them.</summary>
    private const int KnownTypes = 8;

    private readonly GeneratorLayout _at = layout.Generator;
    private readonly (ulong Address, GeneratorType Type)[] _known = new (ulong, GeneratorType)[KnownTypes];
    private int _next;

    private enum GeneratorType
    {
        Other,
        Generator,
        Coroutine,
        AsyncGenerator,
        Wrapper,
    }

    /// <summary>Reads what is at an address. False where it cannot be read or is no generator; a subclass cannot be (the three types are final).</summary>
    public bool TryRead(IMemorySource memory, ulong address, out RawGenerator generator)
    {
        generator = default;
        if (address == 0 || !TryGetKind(memory, address, out StackRootKind kind) || !TryReadState(memory, address, out GeneratorState state, out ulong frame, out bool delegates))
        {
            return false;
        }

        ulong awaited = 0;
        if (state == GeneratorState.Suspended && delegates && !TryReadTop(memory, frame, out awaited))
        {
            return false;
        }

        generator = new RawGenerator(kind, state, frame, awaited);
        return true;
    }

    /// <summary>
    /// What is after the objects that are between a coroutine and the one that it awaits: the iterator that <c>coroutine.__await__()</c> gives, and the awaitables of an async
    /// generator's methods and of <c>anext()</c> with a default. In all versions the generator is the first field after the head (Objects/genobject.c: PyCoroWrapper,
    /// PyAsyncGenASend, PyAsyncGenAThrow; Objects/iterobject.c: anextawaitableobject).
    /// </summary>
    public bool TryUnwrap(IMemorySource memory, ulong address, out ulong generator)
    {
        generator = 0;
        return TypeOf(memory, address) == GeneratorType.Wrapper
            && memory.TryReadPointer(address + (ulong)layout.Object.VarSize, out generator)
            && generator != 0;
    }

    /// <summary>Whether an object is a generator, coroutine or async generator.</summary>
    public bool IsGenerator(IMemorySource memory, ulong address) => address != 0 && TryGetKind(memory, address, out _);

    private bool TryGetKind(IMemorySource memory, ulong address, out StackRootKind kind)
    {
        GeneratorType type = TypeOf(memory, address);
        kind = type switch
        {
            GeneratorType.Generator => StackRootKind.Generator,
            GeneratorType.Coroutine => StackRootKind.Coroutine,
            GeneratorType.AsyncGenerator => StackRootKind.AsyncGenerator,
            _ => StackRootKind.ThreadState,
        };
        return kind != StackRootKind.ThreadState;
    }

    // The types that were asked for last are kept: there are thousands of objects of few types. None of those that may be another the next time, which a class of the program's is.
    private GeneratorType TypeOf(IMemorySource memory, ulong address)
    {
        if (!memory.TryReadPointer(address + (ulong)layout.Object.Type, out ulong type))
        {
            return GeneratorType.Other;
        }

        for (int i = 0; i < KnownTypes; i++)
        {
            if (_known[i].Address == type && type != 0)
            {
                return _known[i].Type;
            }
        }

        Span<byte> buffer = stackalloc byte[LongestName];
        ReadOnlySpan<byte> name = NameOf(memory, type, buffer);
        GeneratorType found = name.SequenceEqual("generator"u8) ? GeneratorType.Generator
            : name.SequenceEqual("coroutine"u8) ? GeneratorType.Coroutine
            : name.SequenceEqual("async_generator"u8) ? GeneratorType.AsyncGenerator
            : name.SequenceEqual("coroutine_wrapper"u8) || name.SequenceEqual("async_generator_asend"u8) || name.SequenceEqual("async_generator_athrow"u8)
                || name.SequenceEqual("anext_awaitable"u8) ? GeneratorType.Wrapper
            : GeneratorType.Other;
        if (found != GeneratorType.Other)
        {
            _known[_next++ % KnownTypes] = (type, found);
        }

        return found;
    }

    // Empty for a class of the program's and for what cannot be read.
    private ReadOnlySpan<byte> NameOf(IMemorySource memory, ulong type, Span<byte> name)
    {
        if (!memory.TryReadPointer(type + (ulong)layout.Object.TypeFlags, out ulong flags)
            || (flags & HeapType) != 0
            || !memory.TryReadPointer(type + (ulong)layout.Object.TypeName, out ulong text))
        {
            return default;
        }

        name = name[..memory.Read(text, name)];
        int end = name.IndexOf((byte)0);
        return end < 0 ? default : name[..end];
    }

    private bool TryReadState(IMemorySource memory, ulong address, out GeneratorState state, out ulong frame, out bool delegates)
    {
        state = GeneratorState.Unknown;
        frame = 0;
        delegates = false;
        sbyte value = 0;
        if (_at.InlineFrame is int inline)
        {
            if (!memory.TryRead(address + (ulong)_at.State!.Value, out value))
            {
                return false;
            }

            state = Meaning(value, out delegates);
            frame = state == GeneratorState.Finished ? 0 : address + (ulong)inline;
        }
        else
        {
            if (!memory.TryReadPointer(address + (ulong)_at.Frame!.Value, out frame))
            {
                return false;
            }

            if (frame == 0)
            {
                state = GeneratorState.Finished;
                return true;
            }

            if (!TryReadOldState(memory, address, frame, out state))
            {
                return false;
            }
        }

        if (state == GeneratorState.Suspended && _at.Delegating is (byte, byte) next)
        {
            return TryFindDelegation(memory, frame, next, out delegates);
        }

        return true;
    }

    private GeneratorState Meaning(sbyte value, out bool delegates)
    {
        GeneratorStates states = _at.States!;
        delegates = value == states.Delegating || value == states.DelegatingLocked;
        return value == states.Created ? GeneratorState.NotStarted
            : value == states.Suspended || delegates ? GeneratorState.Suspended
            : value == states.Executing ? GeneratorState.Running
            : GeneratorState.Finished;
    }

    private bool TryReadOldState(IMemorySource memory, ulong address, ulong frame, out GeneratorState state)
    {
        state = GeneratorState.Unknown;
        if (_at.FrameState is int frameState)
        {
            if (!memory.TryRead(frame + (ulong)frameState, out sbyte value))
            {
                return false;
            }

            state = Meaning(value, out _);
            return true;
        }

        if (!memory.TryRead(address + (ulong)_at.Running!.Value, out byte running) || !memory.TryRead(frame + (ulong)layout.Frame.LastInstruction!.Value, out int last))
        {
            return false;
        }

        state = running != 0 ? GeneratorState.Running : last < 0 ? GeneratorState.NotStarted : GeneratorState.Suspended;
        return true;
    }

    // To 3.12 the instruction that comes next says whether the generator is at a yield or delegates.
    private bool TryFindDelegation(IMemorySource memory, ulong frame, (byte Opcode, byte Variant) delegating, out bool delegates)
    {
        FrameLayout at = layout.Frame;
        Span<byte> unit = stackalloc byte[UnitBytes];
        delegates = false;
        ulong next;
        if (at.InstructionPointer is int pointer)
        {
            if (!memory.TryReadPointer(frame + (ulong)pointer, out next))
            {
                return false;
            }
        }
        else if (!memory.TryReadPointer(frame + (ulong)at.Code, out ulong code)
            || !memory.TryReadPointer(code + (ulong)_at.CodeBytes!.Value, out ulong bytes)
            || !memory.TryRead(frame + (ulong)at.LastInstruction!.Value, out int last))
        {
            return false;
        }
        else
        {
            next = unchecked(bytes + (ulong)layout.Bytes.Data + (ulong)((long)last * at.LastInstructionUnit!.Value));
        }

        if (!memory.TryRead(next + UnitBytes, unit))
        {
            return false;
        }

        delegates = (unit[0] == delegating.Opcode || unit[0] == delegating.Variant) && unit[1] >= _at.DelegatingArgument;
        return true;
    }

    // The topmost object on the frame's stack.
    private bool TryReadTop(IMemorySource memory, ulong frame, out ulong value)
    {
        value = 0;
        ulong behind;
        if (_at.StackTop is int top)
        {
            if (!memory.TryReadPointer(frame + (ulong)top, out behind) || behind == 0)
            {
                return false;
            }
        }
        else
        {
            ulong first = frame + (ulong)layout.Locals.FrameSlots;
            if (!memory.TryRead(frame + (ulong)_at.StackDepth!.Value, out int depth)
                || depth < _at.DelegatePlace
                || (_at.ValueStack is int stack && !memory.TryReadPointer(frame + (ulong)stack, out first)))
            {
                return false;
            }

            behind = first + ((ulong)depth * sizeof(ulong));
        }

        bool isRead = memory.TryReadPointer(behind - ((ulong)_at.DelegatePlace * sizeof(ulong)), out value);
        value &= ~layout.Locals.TagMask;
        return isRead;
    }
}
