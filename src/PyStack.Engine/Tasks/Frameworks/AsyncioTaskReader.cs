using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>Reads asyncio tasks, those in C and those in Python.</summary>
internal sealed class AsyncioTaskReader(TaskSearch search, AsyncioObjects objects, AsyncioLoops loops)
{
    /// <summary>More than the struct of any version.</summary>
    private const int MaxSize = 512;

    private readonly AsyncioCreation _creation = new(search.Python);
    private readonly WrappedCoroutines _wrapped = new(search.Python);
    private readonly GeneratorReader _generators = new(search.Python.Layout);

    // Coroutines of one function have one name object.
    private readonly Dictionary<ulong, string?> _names = new(AddressHash.Comparer);
    private readonly Dictionary<ulong, bool> _isGenerator = new(AddressHash.Comparer);

    /// <summary>Adds the task at an address, if there is one.</summary>
    /// <param name="thread">The thread state that has it in its list; 0 if that is not known.</param>
    public void Add(ulong task, ulong thread = 0)
    {
        if (search.Has(task))
        {
            return;
        }

        search.Watch();
        switch (objects.KindOf(task))
        {
            case AsyncioKind.NativeTask:
                AddNative(task, objects.Layout!, thread);
                break;
            case AsyncioKind.PythonTask or AsyncioKind.Other when objects.Attribute(task, "_coro"u8) != 0 && objects.Attribute(task, "_loop"u8) != 0:
                // One of another library may be of a class of its own: it has registered it with asyncio, and has what asyncio's have.
                AddPython(task, thread);
                break;
        }
    }

    private void AddNative(ulong task, AsyncioLayout at, ulong thread)
    {
        Span<byte> bytes = stackalloc byte[MaxSize];
        if (at.Size > MaxSize || !search.Memory.TryRead(task, bytes[..at.Size]))
        {
            return;
        }

        bool mustCancel = at.MustCancelBit is int bit ? (bytes[at.MustCancel] >> bit & 1) != 0 : Int(bytes, at.MustCancel) != 0;
        bool isCancelling = mustCancel || (at.CancelsRequested is int requested && Int(bytes, requested) > 0);
        Add(
            task,
            thread,
            loop: Word(bytes, at.Loop),
            coroutine: Word(bytes, at.Coroutine),
            name: at.Name is int name ? NameOf(Word(bytes, name)) : null,
            state: Int(bytes, at.State) != 0 ? PyTaskState.Done : isCancelling ? PyTaskState.Cancelling : PyTaskState.Unknown,
            awaits: Word(bytes, at.Waiter),
            created: Word(bytes, at.SourceTraceback));
    }

    private void AddPython(ulong task, ulong thread)
    {
        ulong state = objects.Attribute(task, "_state"u8);
        bool isCancelling = search.Values.Bool(objects.Attribute(task, "_must_cancel"u8)) == true
            || search.Values.Number(objects.Attribute(task, "_num_cancels_requested"u8)) > 0;
        Add(
            task,
            thread,
            objects.Attribute(task, "_loop"u8),
            objects.Attribute(task, "_coro"u8),
            NameOf(objects.Attribute(task, "_name"u8)),
            state != 0 && !search.Objects.IsText(state, "PENDING"u8) ? PyTaskState.Done : isCancelling ? PyTaskState.Cancelling : PyTaskState.Unknown,
            objects.Attribute(task, "_fut_waiter"u8),
            objects.Attribute(task, "_source_traceback"u8));
    }

    private void Add(ulong task, ulong thread, ulong loop, ulong coroutine, string? name, PyTaskState state, ulong awaits, ulong created)
    {
        bool isKnown = coroutine == 0 || IsGenerator(coroutine);
        if (!isKnown && _wrapped.Unwrap(coroutine) is ulong inside and not 0)
        {
            (coroutine, isKnown) = (inside, IsGenerator(inside));
        }

        RawTask found = new()
        {
            Kind = PyTaskKind.Asyncio,
            Address = task,
            Interpreter = search.Interpreter,
            TypeName = search.Values.TypeName(task),
            Loop = loop,
            Thread = loops.ThreadOf(loop) is ulong runs and not 0 ? runs : thread,
            Name = name,
            State = state,
            Root = coroutine == 0 || !isKnown ? null : new StackRoot(StackRootKind.Coroutine, coroutine),
            Coroutine = coroutine == 0 ? null : isKnown ? QualifiedName(coroutine) : search.Objects.TryGetType(coroutine, out _) ? search.Values.TypeName(coroutine) : null,
            Awaits = awaits,
            CreatedAt = created == 0 ? null : _creation.Read(created),
        };
        found.IsWhole = !search.IsDoubtful;
        if (!isKnown)
        {
            found.Warnings.Add($"Its coroutine is of the type {found.Coroutine}, which is none of Python's own: its frames are not known.");
        }

        search.Add(found);
    }

    // From 3.12 on a number until someone asks for the name.
    private string? NameOf(ulong name)
        => name == 0 ? null
            : search.Objects.TryReadText(name, out string text) ? text
            : search.Objects.Is(name, ObjectKind.Int) && search.Values.Number(name) is long number ? string.Create(CultureInfo.InvariantCulture, $"Task-{number}")
            : null;

    private string? QualifiedName(ulong coroutine)
    {
        if (search.Python.Layout.Generator.QualifiedName is not int offset || !search.Memory.TryReadPointer(coroutine + (ulong)offset, out ulong name))
        {
            return null;
        }

        if (!_names.TryGetValue(name, out string? text))
        {
            _names.Add(name, text = search.Objects.TryReadText(name, out string read) ? read : null);
        }

        return text;
    }

    private bool IsGenerator(ulong coroutine)
    {
        if (!search.Memory.TryReadPointer(coroutine + (ulong)search.Python.Layout.Object.Type, out ulong type))
        {
            return false;
        }

        if (!_isGenerator.TryGetValue(type, out bool known))
        {
            _isGenerator.Add(type, known = _generators.IsGenerator(search.Memory, coroutine));
        }

        return known;
    }

    private ulong Word(ReadOnlySpan<byte> bytes, int offset) => objects.NotNone(BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]));

    private static int Int(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt32LittleEndian(bytes[offset..]);
}
