using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Tasks;
using PyStack.Engine.Tasks.Frameworks;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Profiling.Tasks;

/// <summary>Reads tasks of asyncio, one at a time, from one interpreter of the running process.</summary>
internal sealed class AsyncioProbe
{
    /// <summary>What was read of types and attributes is forgotten after so long.</summary>
    private static readonly long Keep = Stopwatch.Frequency / 20;

    /// <summary>More than the struct of any version.</summary>
    private const int MaxStruct = 512;

    /// <summary>Characters of a name by which it is known.</summary>
    private const int MaxName = 64;

    /// <summary>Tasks that await each other above one.</summary>
    private const int MaxParents = 64;

    private const int MaxParentFrames = 512;

    /// <summary>Pieces of memory that are watched for the parents of one task.</summary>
    public const int MaxWatched = 65;

    private readonly PythonRuntime _runtime;
    private readonly int _index;
    private readonly IMemorySource _memory;
    private readonly Limits _limits;
    private readonly IReadOnlyList<AsyncioDebugOffsets> _offsets;
    private readonly TaskNumbers _numbers;
    private readonly RawCapture _interpreter = new();
    private readonly GeneratorReader _generators;
    private readonly List<SampledFrame> _chain = [];
    private readonly List<ulong> _places = [];
    private readonly HashSet<ulong> _seen = new(AddressHash.Comparer);
    private TaskSearch _search = null!;
    private AsyncioObjects _objects = null!;
    private TaskFrames _frames = null!;
    private long _readAt;

    public AsyncioProbe(
        PythonRuntime runtime, int index, in RawInterpreter interpreter, IMemorySource memory, IReadOnlyList<AsyncioDebugOffsets> offsets, TaskNumbers numbers, Limits limits)
    {
        (_runtime, _index, _memory, _offsets, _numbers, _limits) = (runtime, index, memory, offsets, numbers, limits);
        _interpreter.Interpreters.Add(interpreter);
        _generators = new GeneratorReader(runtime.Layout);
        Forget();
    }

    /// <summary>Where tasks that were written in C have their fields; null if that is not known.</summary>
    public AsyncioLayout? Layout { get; private set; }

    public PythonRuntime Runtime => _runtime;

    private PythonReader Python => _search.Python;

    /// <summary>Whether the interpreter has asyncio, and its tasks can be read.</summary>
    public bool TryOpen(out bool hasField, out List<ulong> dicts)
    {
        (hasField, dicts) = (false, []);
        if (!AsyncioFramework.TryFindModule(_search, out ulong names, out ulong native, out AsyncioLayout? layout))
        {
            return false;
        }

        Layout = layout;
        hasField = native != 0 && layout?.ThreadTask is not null;
        dicts = new AsyncioTaskSets(_search).CurrentTasks(names, native);
        Forget();
        if (dicts.Count > 1)
        {
            // What has something else is another dict of the module.
            dicts.RemoveAll(dict => Python.Objects.TryOpenDict(dict, out DictEntries entries) && Python.Objects.TryNext(ref entries, out _, out ulong value)
                && _objects.KindOf(value) is not (AsyncioKind.NativeTask or AsyncioKind.PythonTask));
        }

        return hasField || dicts.Count > 0;
    }

    /// <summary>Reads a task; null if it cannot be read, or is none.</summary>
    public SampledTask? Load(ulong task)
    {
        if (Stopwatch.GetTimestamp() - _readAt > Keep)
        {
            Forget();
        }

        switch (_objects.KindOf(task))
        {
            case AsyncioKind.NativeTask:
                Span<byte> bytes = stackalloc byte[MaxStruct];
                AsyncioLayout at = Layout!;
                return at.Size > MaxStruct || !_memory.TryRead(task, bytes[..at.Size]) ? null
                    : Make(task, isNative: true, Word(bytes, at.Coroutine), at.Name is int name ? Word(bytes, name) : 0);
            case AsyncioKind.PythonTask or AsyncioKind.Other:
                return _objects.Attribute(task, "_coro"u8) is ulong coroutine and not 0 ? Make(task, isNative: false, coroutine, _objects.Attribute(task, "_name"u8)) : null;
            default:
                return null;
        }
    }

    /// <summary>Reads what a task has for its awaiters.</summary>
    public AwaiterFields AwaitersOf(ReadOnlySpan<byte> fields, int start)
        => Layout is not { } at ? default : new AwaiterFields(At(fields, at.FirstCallback - start), At(fields, at.Callbacks - start), At(fields, at.AwaitedBy - start));

    /// <summary>Reads the tasks that await one. While the task runs they are suspended: who calls sees to that.</summary>
    /// <param name="awaiters">What the task has now.</param>
    public TaskParents ParentsOf(ulong task, AwaiterFields awaiters)
    {
        long now = Stopwatch.GetTimestamp();
        if (now - _readAt > Keep)
        {
            Forget();
        }

        _chain.Clear();
        _places.Clear();
        _seen.Clear();
        ulong at = task;
        for (int i = 0; i < MaxParents && _seen.Add(at) && FirstAwaiterOf(at) is ulong parent and not 0 && TryAddFrames(parent); i++)
        {
            at = parent;
        }

        return Watch(awaiters, now);
    }

    /// <summary>Whether parents may be others by now, though what is watched is the same.</summary>
    public static bool IsOld(TaskParents parents, long now) => now - parents.ReadAt > Keep;

    private TaskParents Watch(AwaiterFields awaiters, long now)
    {
        FrameLayout at = Python.Layout.Frame;
        List<IoVector> pieces = [];
        if (awaiters.FirstCallback != 0 && awaiters.FirstCallback % sizeof(ulong) == 0)
        {
            // Its type, and in a callback that wakes up a task that task.
            pieces.Add(new IoVector { Base = (nuint)(awaiters.FirstCallback + (ulong)Python.Layout.Object.Type), Length = 3 * sizeof(ulong) });
        }

        int firstFrame = pieces.Count;
        foreach (ulong frame in _places)
        {
            if (pieces.Count + 2 <= MaxWatched)
            {
                pieces.Add(new IoVector { Base = (nuint)(frame + (ulong)at.Code), Length = sizeof(ulong) });
                pieces.Add(new IoVector { Base = (nuint)(frame + (ulong)(at.InstructionPointer ?? at.LastInstruction!.Value)), Length = (nuint)(at.InstructionPointer is null ? sizeof(int) : sizeof(ulong)) });
            }
        }

        int length = 0;
        pieces.ForEach(piece => length += (int)piece.Length);
        byte[] bytes = new byte[length];
        int offset = 0;
        foreach (IoVector piece in pieces)
        {
            _ = _memory.TryRead(piece.Base, bytes.AsSpan(offset, (int)piece.Length));
            offset += (int)piece.Length;
        }

        // They changed between the two: nothing will be as these bytes are.
        bool isSame = true;
        offset = firstFrame == 0 ? 0 : (int)pieces[0].Length;
        for (int i = firstFrame; i < pieces.Count && isSame; i += 2)
        {
            SampledFrame frame = _chain[(i - firstFrame) / 2];
            ulong code = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(offset)) & ~at.CodeTagMask;
            offset += sizeof(ulong);
            ulong instruction = at.InstructionPointer is null ? (ulong)(long)BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(offset)) : BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(offset));
            offset += (int)pieces[i + 1].Length;
            isSame = code == frame.Code && (at.BytecodeIndex is not null || instruction == frame.Instruction);
        }

        if (!isSame)
        {
            return new TaskParents([], awaiters, [], [0], now);
        }

        return new TaskParents([.. _chain], awaiters, [.. pieces], bytes, now);
    }

    private SampledTask? Make(ulong task, bool isNative, ulong coroutine, ulong name)
    {
        ulong generator = coroutine == 0 || _generators.IsGenerator(_memory, coroutine) ? coroutine : new WrappedCoroutines(Python).Unwrap(coroutine);
        ulong code = generator != 0 && _generators.TryRead(_memory, generator, out RawGenerator read) && read.Frame != 0 && _memory.TryReadPointer(read.Frame + (ulong)Python.Layout.Frame.Code, out ulong found)
            ? found & ~Python.Layout.Frame.CodeTagMask : 0;
        if (!_memory.TryReadPointer(task + (ulong)Python.Layout.Object.Type, out ulong type) || !TryReadName(name, out TaskNameBytes bytes, out string? text))
        {
            return null;
        }

        string? function = generator != 0 && Python.Layout.Generator.QualifiedName is int offset && _memory.TryReadPointer(generator + (ulong)offset, out ulong qualified)
            && Python.Objects.TryReadText(qualified, out string own) ? own : null;
        return new SampledTask
        {
            Address = task, IsNative = isNative, Type = type, Coroutine = coroutine, Generator = generator, Code = code, Name = bytes, Number = _numbers.Of(task, text, function),
        };
    }

    private bool TryReadName(ulong name, out TaskNameBytes bytes, out string? text)
    {
        (bytes, text) = (TaskNameBytes.None, null);
        if (name == 0)
        {
            return true;
        }

        PythonLayout layout = Python.Layout;
        bool isText = Python.Objects.Is(name, ObjectKind.Text);
        ulong start = name + (ulong)layout.Object.VarSize;
        int dataOffset = sizeof(ulong);
        int length = 2 * sizeof(ulong);
        if (isText)
        {
            if (!Python.Objects.TryLocateName(name, MaxName, out ulong data, out int byteLength))
            {
                return false;
            }

            start = name + (ulong)layout.Unicode!.Length;
            bool isInside = data > start && data - name <= UnicodeLayout.LargestHead;
            dataOffset = isInside ? (int)(data - start) : layout.Unicode.LegacyData - layout.Unicode.Length;
            length = dataOffset + (isInside ? byteLength : sizeof(ulong));
        }

        byte[] read = new byte[length];
        byte[] again = new byte[length];
        bytes = new TaskNameBytes(name, start, dataOffset, read);
        if (!_memory.TryRead(start, read))
        {
            return false;
        }

        text = isText ? Python.Objects.TryReadText(name, out string found) ? found : null
            : Python.Values.Number(name) is long number ? string.Create(CultureInfo.InvariantCulture, $"Task-{number}") : null;
        return _memory.TryRead(start, again) && bytes.IsSame(again);
    }

    // Of several the one that has waited longest.
    private ulong FirstAwaiterOf(ulong task)
    {
        RawTask raw = new() { Kind = PyTaskKind.Asyncio, Address = task, Interpreter = 0, TypeName = "" };
        new AsyncioAwaiters(_search, _objects).Fill(raw);
        return raw.AwaitedBy.Count > 0 ? raw.AwaitedBy[0] : 0;
    }

    private bool TryAddFrames(ulong task) => _chain.Count < MaxParentFrames && Load(task) is SampledTask { Generator: not 0 } parent && _frames.TryAdd(_memory, parent.Generator, _chain, _places);

    private void Forget()
    {
        _readAt = Stopwatch.GetTimestamp();
        PythonReader python = new(_runtime, _memory, _limits, CancellationToken.None);
        python.Objects.PlacesLeft = TaskSearch.MaxPlaces;
        _search = new TaskSearch(python, new HeapObjects(_runtime, _limits), _interpreter, _index, 0, TaskOptions.Default, [], TaskProgress.Silent, CancellationToken.None) { AsyncioOffsets = _offsets };
        _objects = new AsyncioObjects(python, Layout);
        _frames = new TaskFrames(python, _limits);
    }

    private ulong Word(ReadOnlySpan<byte> bytes, int offset) => _objects.NotNone(BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]));

    private static ulong At(ReadOnlySpan<byte> fields, int? offset) => offset is int at && at >= 0 && at + sizeof(ulong) <= fields.Length ? BinaryPrimitives.ReadUInt64LittleEndian(fields[at..]) : 0;
}
