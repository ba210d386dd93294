using System;
using System.Runtime.CompilerServices;

namespace PyStack.Engine.Python.Layouts;

/// <summary>
/// Takes the values out of a <c>_Py_DebugOffsets</c> block and checks each: a hostile or damaged block, or one of a format
/// that is not the one we think, must not send us reading megabytes or showing nonsense.
/// </summary>
internal ref struct DebugOffsetsReader
{
    // Bounds of struct sizes: many times what 3.13 to 3.15 have (runtime 0.5 MB, interpreter 0.23 MB, thread 0.9 KB).
    private const ulong LargeStruct = 64 << 20;
    private const ulong SmallStruct = 64 << 10;

    /// <summary>How much of an interpreter may be read in one go. All that we need is in its first 8 KB to 3.15.</summary>
    private const int InterpreterReach = 64 << 10;

    /// <summary>How much of a thread state, of a frame and of a code object is read for each: many times what 3.13 to 3.15 need.</summary>
    private const int ThreadReach = 8 << 10;
    private const int FrameReach = 1 << 10;
    private const int CodeReach = 4 << 10;

    /// <summary>
    /// How far <c>_co_firsttraceable</c> is before <c>co_code_adaptive</c> (cpython/code.h, 3.13 to 3.16): it, padding and <c>co_extra</c>; with thread-local bytecode also
    /// <c>co_tlbc</c>.
    /// </summary>
    private const int TraceableBeforeBytecode = 16;
    private const int TraceableBeforeSharedBytecode = TraceableBeforeBytecode + sizeof(ulong);

    private const int MaxFields = 16;

    private readonly DebugOffsetsFormat _format;
    private readonly ReadOnlySpan<ulong> _words;
    private readonly bool _isFreeThreaded;
    private FieldBuffer _seen;
    private int _seenCount;
    private ulong _structSize;
    private int _end;
    private string? _problem;

    private DebugOffsetsReader(DebugOffsetsFormat format, ReadOnlySpan<ulong> words)
    {
        _format = format;
        _words = words;
        _isFreeThreaded = words[DebugOffsets.FreeThreadedWord] != 0;
    }

    /// <summary>Completes a layout from the block, or says what is wrong with the block.</summary>
    public static bool TryComplete(
        DebugOffsetsFormat format, ReadOnlySpan<ulong> words, PythonLayout baseline, out PythonLayout layout, out string problem)
    {
        DebugOffsetsReader reader = new(format, words);
        PythonLayout complete = baseline with
        {
            Runtime = reader.Runtime(baseline.Runtime),
            Interpreter = reader.Interpreter(baseline.Interpreter),
            Thread = reader.Thread(baseline.Thread),
            Frame = reader.Frame(baseline.Frame),
            Code = reader.Code(baseline.Code),
            Object = reader.Object(baseline.Object),
            Unicode = reader.Unicode(baseline.Unicode!),
            Bytes = reader.Bytes(baseline.Bytes),
            Locals = reader.Locals(baseline.Locals),
            Values = reader.Values(baseline.Values),
            Generator = reader.Generator(baseline.Generator),
        };
        problem = reader._problem ?? "";
        layout = reader._problem is null ? complete : baseline;
        return reader._problem is null;
    }

    private RuntimeLayout Runtime(RuntimeLayout baseline)
    {
        Begin(_format.RuntimeSize, LargeStruct);
        return baseline with
        {
            Finalizing = Field(_format.RuntimeFinalizing, 8),
            InterpretersHead = Field(_format.RuntimeInterpretersHead, 8),
        };
    }

    private InterpreterLayout Interpreter(InterpreterLayout baseline)
    {
        int collecting = Collecting();
        Begin(_format.InterpreterSize, LargeStruct);

        // The three fields of the GIL in the interpreter apply to any GIL: an interpreter may use another's.
        int gil = Peek(_format.InterpreterGilRuntimeState);
        int locked = Field(_format.InterpreterGilRuntimeStateLocked, 4) - gil;
        int holder = Field(_format.InterpreterGilRuntimeStateHolder, 8) - gil;
        Check(gil % 8 == 0 && locked is >= 0 and < 256 && holder is >= 0 and < 256, "gil_runtime_state", (ulong)gil);
        _end = 0;
        InterpreterLayout interpreter = baseline with
        {
            Id = Field(_format.InterpreterId, 8),
            Next = Field(_format.InterpreterNext, 8),
            ThreadsHead = Field(_format.InterpreterThreadsHead, 8),
            Modules = Field(_format.InterpreterImportsModules, 8),
            SysDict = Field(_format.InterpreterSysDict, 8),
            Builtins = Field(_format.InterpreterBuiltins, 8),
            Gil = Field(_format.InterpreterCevalGil, 8),
            GcCollecting = Place(_format.InterpreterGc, collecting, 4),
            GilLocked = locked,
            GilLastHolder = holder,
        };
        Check(_end <= InterpreterReach, "interpreter_state", (ulong)_end);
        return interpreter with { Size = _end };
    }

    private int Collecting()
    {
        Begin(_format.GcSize, SmallStruct);
        return Field(_format.GcCollecting, 4);
    }

    private ThreadLayout Thread(ThreadLayout baseline)
    {
        Begin(_format.ThreadSize, SmallStruct);
        ThreadLayout thread = baseline with
        {
            Next = Field(_format.ThreadNext, 8),
            Interpreter = Field(_format.ThreadInterp, 8),
            CurrentFrame = Field(_format.ThreadCurrentFrame, 8),
            BaseFrame = _format.ThreadBaseFrame is int word ? Field(word, 8, "ThreadBaseFrame") : null,
            ThreadId = Field(_format.ThreadThreadId, 8),
            NativeThreadId = Field(_format.ThreadNativeThreadId, 8),
        };
        Check(_end <= ThreadReach, "thread_state", (ulong)_end);
        return thread with { Size = _end };
    }

    private FrameLayout Frame(FrameLayout baseline)
    {
        Begin(_format.FrameSize, SmallStruct);
        FrameLayout frame = baseline with
        {
            Previous = Field(_format.FramePrevious, 8),
            Code = Field(_format.FrameExecutable, 8),
            InstructionPointer = Field(_format.FrameInstrPtr, 8),
            Owner = Field(_format.FrameOwner, 1),
            BytecodeIndex = _isFreeThreaded && _format.FrameTlbcIndex is int index ? Field(index, 4, "FrameTlbcIndex") : null,
        };
        Check(_end <= FrameReach, "interpreter_frame", (ulong)_end);
        return frame with { Size = _end };
    }

    // The slots follow the frame's fields, and the struct's size includes one of them.
    private LocalsLayout Locals(LocalsLayout baseline)
    {
        Begin(_format.FrameSize, SmallStruct);
        int slots = Field(_format.FrameLocalsPlus, 8);
        Begin(_format.CodeSize, SmallStruct);
        LocalsLayout locals = baseline with
        {
            FrameSlots = slots,
            ArgumentCount = Field(_format.CodeArgCount, 4),
            Names = Field(_format.CodeLocalsPlusNames, 8),
            Kinds = Field(_format.CodeLocalsPlusKinds, 8),
        };
        Check(_end <= CodeReach, "code_object", (ulong)_end);
        return locals with { CodeSize = Math.Max(_end, baseline.CodeSize) };
    }

    private ValueLayout Values(ValueLayout baseline)
    {
        Begin(_format.TupleSize, SmallStruct);
        int tupleItems = Field(_format.TupleObItem, 8);
        Begin(_format.ListSize, SmallStruct);
        int listItems = Field(_format.ListObItem, 8);
        Begin(_format.LongSize, SmallStruct);
        int digits = Field(_format.LongObDigit, 4);
        Begin(_format.DictSize, SmallStruct);
        ValueLayout values = baseline with
        {
            TupleItems = tupleItems,
            ListItems = listItems,
            LongDigits = digits,
            DictKeys = Field(_format.DictMaKeys, 8),
            DictValues = Field(_format.DictMaValues, 8),
        };
        return Types(Sets(values));
    }

    private ValueLayout Sets(ValueLayout baseline)
    {
        if (_format.SetSize is not int size || _format.SetTable is not int table || _format.SetMask is not int mask)
        {
            return baseline;
        }

        Begin(size, SmallStruct, "SetSize");
        return baseline with { SetTable = Field(table, 8, "SetTable"), SetMask = Field(mask, 8, "SetMask") };
    }

    // A class that a class statement made is a PyHeapTypeObject, which begins with the PyTypeObject.
    private ValueLayout Types(ValueLayout baseline)
    {
        if (_format.TypeBasicSize is not int basicSize || _format.TypeDictOffset is not int dictOffset
            || _format.HeapTypeSize is not int size || _format.HeapTypeCachedKeys is not int keys)
        {
            return baseline;
        }

        Begin(_format.TypeSize, SmallStruct);
        ValueLayout values = baseline with { TypeBasicSize = Field(basicSize, 8, "TypeBasicSize"), TypeDictOffset = Field(dictOffset, 8, "TypeDictOffset") };
        int end = Begin(_format.TypeSize, SmallStruct);
        Begin(size, SmallStruct, "HeapTypeSize");
        int cachedKeys = Field(keys, 8, "HeapTypeCachedKeys");
        Check(cachedKeys >= end, "heap_type_object.ht_cached_keys", (ulong)cachedKeys);
        return values with { TypeCachedKeys = cachedKeys };
    }

    private CodeLayout Code(CodeLayout baseline)
    {
        Begin(_format.CodeSize, SmallStruct);
        CodeLayout code = baseline with
        {
            FileName = Field(_format.CodeFileName, 8),
            Name = Field(_format.CodeName, 8),
            QualifiedName = Field(_format.CodeQualName, 8),
            LineTable = Field(_format.CodeLineTable, 8),
            FirstLine = Field(_format.CodeFirstLineNo, 4),
            BytecodeCopies = _isFreeThreaded && _format.CodeTlbc is int copies ? Field(copies, 8, "CodeTlbc") : null,
        };

        // The bytecode follows the struct's fields and is read apart from them.
        int size = _end;
        Check(size <= CodeReach, "code_object", (ulong)size);
        int bytecode = Field(_format.CodeCodeAdaptive, 2);

        // Not in the block: it is where the series has it; in a newer one, where all have it as seen from the bytecode.
        int? firstTraceable = baseline.FirstTraceable
            ?? Place(unchecked((ulong)(bytecode - (code.BytecodeCopies is null ? TraceableBeforeBytecode : TraceableBeforeSharedBytecode))), sizeof(int), "CodeFirstTraceable");
        return code with
        {
            Size = Math.Max(size, (firstTraceable + sizeof(int)) ?? 0),
            Bytecode = bytecode,
            FirstTraceable = firstTraceable,
        };
    }

    private ObjectLayout Object(ObjectLayout baseline)
    {
        int head = Begin(_format.ObjectSize, 256);
        int type = Field(_format.ObjectType, 8);

        // Held by every CPython since 2.x, and so a good test of whether the words are where we think: ob_type ends the
        // PyObject, ob_size follows it, and tp_name follows that.
        Check(type + 8 == head, "pyobject.ob_type", (ulong)type);
        Begin(_format.TypeSize, SmallStruct);
        int name = Field(_format.TypeName, 8);
        Check(name == head + 8, "type_object.tp_name", (ulong)name);
        return baseline with
        {
            Type = type,
            TypeName = name,
            TypeFlags = Field(_format.TypeFlags, 8),
            VarSize = head,
        };
    }

    private UnicodeLayout Unicode(UnicodeLayout baseline)
    {
        int size = Begin(_format.UnicodeSize, 4096);
        int length = Field(_format.UnicodeLength, 8);
        int state = Field(_format.UnicodeState, 4);
        int ascii = Peek(_format.UnicodeAsciiObjectSize);
        Check(length == Peek(_format.ObjectSize), "unicode_object.length", (ulong)length);
        Check(ascii % 8 == 0 && ascii >= _end && ascii <= Math.Min(size - 8, UnicodeLayout.LargestHead), "unicode_object.asciiobject_size", (ulong)ascii);

        // cpython/unicodeobject.h: PyUnicodeObject is a PyCompactUnicodeObject and one pointer, data.
        return baseline with
        {
            Length = length,
            State = state,
            AsciiData = ascii,
            CompactData = size - 8,
            LegacyData = size - 8,
        };
    }

    private BytesLayout Bytes(BytesLayout baseline)
    {
        Begin(_format.BytesSize, 4096);
        int size = Field(_format.BytesObSize, 8);
        int data = Field(_format.BytesObSval, 1);
        Check(size == Peek(_format.ObjectSize), "bytes_object.ob_size", (ulong)size);
        Check(data >= size + 8 && data <= size + 16, "bytes_object.ob_sval", (ulong)data);
        return baseline with { Data = data };
    }

    // The frame is the last member, and the struct's size says about its first slot.
    private GeneratorLayout Generator(GeneratorLayout baseline)
    {
        if (_format.GeneratorSize is not int size || _format.GeneratorInlineFrame is not int frame || _format.GeneratorFrameState is not int state)
        {
            return baseline;
        }

        Begin(size, SmallStruct, "GeneratorSize");
        return baseline with { State = Field(state, 1, "GeneratorFrameState"), InlineFrame = Field(frame, 8, "GeneratorInlineFrame") };
    }

    /// <summary>The next fields are those of a struct whose size is in a word of the block.</summary>
    private int Begin(int word, ulong limit, [CallerArgumentExpression(nameof(word))] string name = "")
    {
        _structSize = _words[word];
        _seenCount = 0;
        _end = 0;
        Check(_structSize is >= 16 && _structSize <= limit && _structSize % 8 == 0, name, _structSize);
        return _problem is null ? (int)_structSize : 0;
    }

    private int Field(int word, int bytes, [CallerArgumentExpression(nameof(word))] string name = "")
        => Place(_words[word], bytes, name);

    /// <summary>A field of a struct that itself is in the current one.</summary>
    private int Place(int word, int inner, int bytes, [CallerArgumentExpression(nameof(word))] string name = "")
    {
        Check(_words[word] <= _structSize, name, _words[word]); // or the sum could wrap around
        return Place(unchecked(_words[word] + (ulong)inner), bytes, name);
    }

    private int Place(ulong offset, int bytes, string name)
    {
        Check(offset <= _structSize && (ulong)bytes <= _structSize - offset && offset % (ulong)bytes == 0, name, offset);
        if (_problem is not null)
        {
            return 0;
        }

        foreach ((int start, int end) in _seen[.._seenCount])
        {
            Check((int)offset >= end || (int)offset + bytes <= start, name, offset);
        }

        _seen[_seenCount++] = ((int)offset, (int)offset + bytes);
        _end = Math.Max(_end, ((int)offset + bytes + 7) & ~7);
        return (int)offset;
    }

    /// <summary>A value that is no field of the current struct, or is checked by the caller.</summary>
    private int Peek(int word) => _words[word] <= LargeStruct ? (int)_words[word] : 0;

    private void Check(bool holds, string name, ulong value)
    {
        if (!holds)
        {
            _problem ??= $"the debug offsets say {name.Replace("_format.", "", StringComparison.Ordinal)} = {value}, which is impossible";
        }
    }

    [InlineArray(MaxFields)]
    private struct FieldBuffer
    {
        private (int Start, int End) _first;
    }
}
