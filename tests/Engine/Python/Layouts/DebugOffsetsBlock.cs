using System;
using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Tests.Python.Layouts;

/// <summary>
/// A <c>_Py_DebugOffsets</c> block as an interpreter would hold it: the members in the order of the header of each series, written down here
/// apart from the engine's own numbers, and filled from a layout.
/// </summary>
internal sealed class DebugOffsetsBlock : IMemorySource
{
    public const ulong Address = 0x7f00_1234_5000;

    // Include/internal/pycore_runtime.h of 3.13 and pycore_debug_offsets.h of 3.14 and 3.15; "+14" marks what came with 3.14.
    // The structs behind gen_object are not needed by us.
    private const string Header = """
        cookie version free_threaded
        runtime_state: size finalizing interpreters_head
        interpreter_state: size id next threads_head +14threads_main gc imports_modules sysdict builtins ceval_gil gil_runtime_state
            gil_runtime_state_enabled gil_runtime_state_locked gil_runtime_state_holder +14code_object_generation +14tlbc_generation
        thread_state: size prev next interp current_frame +15base_frame +15last_profiled_frame +15last_profiled_frame_seq thread_id
            native_thread_id datastack_chunk status +15holds_gil +15gil_requested +15current_exception +15exc_state
        err_stackitem: +15exc_value
        interpreter_frame: size previous executable instr_ptr localsplus owner +14stackpointer +14tlbc_index
        code_object: size filename name qualname linetable firstlineno argcount localsplusnames localspluskinds co_code_adaptive +14co_tlbc
        pyobject: size ob_type
        type_object: size tp_name tp_repr tp_flags +15tp_basicsize +15tp_dictoffset
        heap_type_object: +15size +15ht_cached_keys
        tuple_object: size ob_item ob_size
        list_object: size ob_item ob_size
        set_object: +14size +14used +14table +14mask
        dict_object: size ma_keys ma_values
        float_object: size ob_fval
        long_object: size lv_tag ob_digit
        bytes_object: size ob_size ob_sval
        unicode_object: size state length asciiobject_size +15compactunicodeobject_size
        gc: size collecting +15frame +15stats_size +15stats
        gen_object: +14size +14gi_name +14gi_iframe +14gi_frame_state
        """;

    private readonly Dictionary<string, int> _words = new(StringComparer.Ordinal);

    public DebugOffsetsBlock(int minor, PythonLayout layout)
    {
        string owner = "";
        foreach (string word in Header.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.EndsWith(':'))
            {
                owner = word[..^1] + ".";
            }
            else if (word[0] != '+' || int.Parse(word.AsSpan(1, 2)) <= minor)
            {
                _words[owner + (word[0] == '+' ? word[3..] : word)] = _words.Count;
            }
        }

        // Behind it the rest of the runtime: that the engine reads too far shall not go unseen, nor be a failed read.
        Bytes = new byte[4096];
        Bytes.AsSpan().Fill(0xee);
        Bytes.AsSpan(0, _words.Count * 8).Clear();
        "xdebugpy"u8.CopyTo(Bytes);
        Fill(layout);
    }

    public byte[] Bytes { get; private set; }

    /// <summary>What the process does while it is read.</summary>
    public Action? AfterRead { get; set; }

    public IEnumerable<string> Names => _words.Keys;

    public ulong this[string name]
    {
        get => BitConverter.ToUInt64(Bytes, _words[name] * 8);
        set => BitConverter.TryWriteBytes(Bytes.AsSpan(_words[name] * 8), value);
    }

    /// <summary>Leaves only the first bytes readable.</summary>
    public void Truncate(int length) => Bytes = Bytes[..length];

    public int Length => _words.Count * 8;

    public int Read(ulong address, Span<byte> destination)
    {
        if (address < Address || address - Address >= (ulong)Bytes.Length)
        {
            return 0;
        }

        ReadOnlySpan<byte> rest = Bytes.AsSpan((int)(address - Address));
        int count = Math.Min(rest.Length, destination.Length);
        rest[..count].CopyTo(destination);
        AfterRead?.Invoke();
        return count;
    }

    private void Fill(PythonLayout layout)
    {
        const int embeddedGil = 7752; // anywhere behind the other fields
        const int gcInGcState = 200;
        Set("version", (int)layout.Version.Hex);
        Set("runtime_state", ("size", 400_000), ("finalizing", layout.Runtime.Finalizing), ("interpreters_head", layout.Runtime.InterpretersHead));
        InterpreterLayout interpreter = layout.Interpreter;
        Set("interpreter_state", ("size", 200_000), ("id", interpreter.Id), ("next", interpreter.Next), ("threads_head", interpreter.ThreadsHead));
        Set("interpreter_state", ("gc", interpreter.GcCollecting - gcInGcState), ("imports_modules", interpreter.Modules), ("sysdict", interpreter.SysDict));
        Set("interpreter_state", ("builtins", interpreter.Builtins), ("ceval_gil", interpreter.Gil), ("gil_runtime_state", embeddedGil));
        Set("interpreter_state", ("gil_runtime_state_locked", embeddedGil + interpreter.GilLocked));
        Set("interpreter_state", ("gil_runtime_state_holder", embeddedGil + interpreter.GilLastHolder));
        ThreadLayout thread = layout.Thread;
        Set("thread_state", ("size", 888), ("prev", 0), ("next", thread.Next), ("interp", thread.Interpreter), ("current_frame", thread.CurrentFrame));
        Set("thread_state", ("thread_id", thread.ThreadId), ("native_thread_id", thread.NativeThreadId), ("base_frame", thread.BaseFrame));
        Set("interpreter_frame", ("size", 88), ("previous", layout.Frame.Previous), ("executable", layout.Frame.Code));
        Set("interpreter_frame", ("instr_ptr", layout.Frame.InstructionPointer), ("owner", layout.Frame.Owner), ("localsplus", layout.Locals.FrameSlots));
        Set("code_object", ("size", 216), ("filename", layout.Code.FileName), ("name", layout.Code.Name), ("qualname", layout.Code.QualifiedName));
        Set("code_object", ("linetable", layout.Code.LineTable), ("firstlineno", layout.Code.FirstLine), ("co_code_adaptive", layout.Code.Bytecode));
        Set("code_object", ("argcount", layout.Locals.ArgumentCount), ("localsplusnames", layout.Locals.Names), ("localspluskinds", layout.Locals.Kinds));
        Set("pyobject", ("size", layout.Object.VarSize), ("ob_type", layout.Object.Type));
        Set("type_object", ("size", 416), ("tp_name", layout.Object.TypeName), ("tp_flags", layout.Object.TypeFlags));
        ValueLayout values = layout.Values;
        Set("tuple_object", ("size", 40), ("ob_item", values.TupleItems));
        Set("list_object", ("size", 40), ("ob_item", values.ListItems));
        Set("dict_object", ("size", values.DictSize), ("ma_keys", values.DictKeys), ("ma_values", values.DictValues));
        Set("long_object", ("size", 32), ("ob_digit", values.LongDigits));
        if (layout.DebugOffsets!.SetSize is not null)
        {
            Set("set_object", ("size", 200), ("table", values.SetTable), ("mask", values.SetMask));
        }

        if (layout.DebugOffsets.HeapTypeSize is not null)
        {
            Set("type_object", ("tp_basicsize", values.TypeBasicSize), ("tp_dictoffset", values.TypeDictOffset));
            Set("heap_type_object", ("size", 1000), ("ht_cached_keys", values.TypeCachedKeys));
        }

        Set("bytes_object", ("size", 40), ("ob_size", layout.Object.VarSize), ("ob_sval", layout.Bytes.Data));
        Set("unicode_object", ("size", layout.Unicode!.LegacyData + 8), ("state", layout.Unicode.State));
        Set("unicode_object", ("length", layout.Unicode.Length), ("asciiobject_size", layout.Unicode.AsciiData));
        Set("gc", ("size", 240), ("collecting", gcInGcState));
        if (layout.DebugOffsets.GeneratorSize is not null)
        {
            Set("gen_object", ("size", 160), ("gi_iframe", layout.Generator.InlineFrame), ("gi_frame_state", layout.Generator.State));
        }
    }

    private void Set(string owner, params ReadOnlySpan<(string Name, int? Value)> values)
    {
        foreach ((string name, int? value) in values)
        {
            Set($"{owner}.{name}", value);
        }
    }

    private void Set(string name, int? value)
    {
        if (value is int number)
        {
            this[name] = (uint)number;
        }
    }
}
