using System.Collections.Generic;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Tests.Python.Layouts;

/// <summary>One number of a layout, and the C expression that is true of it.</summary>
/// <param name="Value">What the layout says; null for a field that the version does not have.</param>
/// <param name="Expression">For gdb: one that it cannot evaluate stands for a field that does not exist.</param>
/// <param name="Width">Bytes of the field, 0 for what is no field.</param>
internal sealed record LayoutField(string Name, long? Value, string Expression, int Width);

/// <summary>
/// Every number of a layout with its C expression, by the names that the struct and the field have in that version.
/// </summary>
internal static class LayoutFields
{
    private const string Runtime = "struct pyruntimestate";
    private const string Interpreter = "struct _is";
    private const string Thread = "struct _ts";

    public static List<LayoutField> Of(PythonLayout layout)
    {
        // 2.7 is older than any other that is asked for.
        bool is2 = layout.Version.Major == 2;
        int minor = is2 ? 0 : layout.Version.Minor;
        List<LayoutField> fields = [];
        void Add(string name, long? value, string type, string member, int width = 8)
            => fields.Add(new(name, value, $"(long)&(({type} *)0)->{member}", width));
        void Constant(string name, long? value, string expression) => fields.Add(new(name, value, expression, 0));

        if (minor <= 6)
        {
            Constant("Runtime.InterpretersHead", layout.Runtime.InterpretersHead, "sizeof(interp_head) - sizeof(struct _is *)");
        }
        else
        {
            Add("Runtime.InterpretersHead", layout.Runtime.InterpretersHead, Runtime, "interpreters.head");
        }

        Add("Runtime.Finalizing", layout.Runtime.Finalizing, Runtime, minor <= 8 ? "finalizing" : "_finalizing");
        Add("Runtime.GilCurrentThread", layout.Runtime.GilCurrentThread, Runtime, "gilstate.tstate_current");
        Add("Runtime.GcCollecting", layout.Runtime.GcCollecting, Runtime, "gc.collecting", 4);

        Add("Interpreter.Next", layout.Interpreter.Next, Interpreter, "next");
        Add("Interpreter.Id", layout.Interpreter.Id, Interpreter, "id");
        Add("Interpreter.ThreadsHead", layout.Interpreter.ThreadsHead, Interpreter, minor <= 10 ? "tstate_head" : "threads.head");
        Add("Interpreter.Modules", layout.Interpreter.Modules, Interpreter, minor <= 11 ? "modules" : "imports.modules");
        Add("Interpreter.SysDict", layout.Interpreter.SysDict, Interpreter, "sysdict");
        Add("Interpreter.Builtins", layout.Interpreter.Builtins, Interpreter, "builtins");
        Add("Interpreter.GcCollecting", layout.Interpreter.GcCollecting, Interpreter, "gc.collecting", 4);
        Add("Interpreter.Gil", layout.Interpreter.Gil, Interpreter, "ceval.gil");

        Add("Thread.Next", layout.Thread.Next, Thread, "next");
        Add("Thread.Interpreter", layout.Thread.Interpreter, Thread, "interp");
        Add("Thread.Frame", layout.Thread.Frame, Thread, "frame");
        Add("Thread.CurrentFrame", layout.Thread.CurrentFrame, Thread, "current_frame");
        Add("Thread.BaseFrame", layout.Thread.BaseFrame, Thread, "base_frame");
        Add("Thread.ThreadId", layout.Thread.ThreadId, Thread, "thread_id");
        Add("Thread.NativeThreadId", layout.Thread.NativeThreadId, Thread, "native_thread_id");
        if (minor != 10) // 3.10's CFrame holds no frame, and we do not read it
        {
            Add("Thread.CFrame", layout.Thread.CFrame, Thread, "cframe");
        }

        string frame = minor <= 10 ? "struct _frame" : "struct _PyInterpreterFrame";
        Add("Frame.Previous", layout.Frame.Previous, frame, minor <= 10 ? "f_back" : "previous");
        Add("Frame.Code", layout.Frame.Code, frame, minor <= 12 ? "f_code" : "f_executable");
        Add("Frame.LastInstruction", layout.Frame.LastInstruction, frame, "f_lasti", 4);
        Add("Frame.InstructionPointer", layout.Frame.InstructionPointer, frame, minor <= 12 ? "prev_instr" : "instr_ptr");
        Add("Frame.Owner", layout.Frame.Owner, frame, "owner", 1);
        Add("Frame.IsEntry", layout.Frame.IsEntry, frame, "is_entry", 1);
        Constant("Frame.FirstShimOwner", layout.Frame.FirstShimOwner, minor <= 13 ? "FRAME_OWNED_BY_CSTACK" : "FRAME_OWNED_BY_INTERPRETER");

        Add("Code.FileName", layout.Code.FileName, "PyCodeObject", "co_filename");
        Add("Code.Name", layout.Code.Name, "PyCodeObject", "co_name");
        Add("Code.QualifiedName", layout.Code.QualifiedName, "PyCodeObject", "co_qualname");
        Add("Code.FirstLine", layout.Code.FirstLine, "PyCodeObject", "co_firstlineno", 4);
        Add("Code.LineTable", layout.Code.LineTable, "PyCodeObject", minor <= 9 ? "co_lnotab" : "co_linetable");
        Add("Code.FirstTraceable", layout.Code.FirstTraceable, "PyCodeObject", "_co_firsttraceable", 4);
        Add("Code.Bytecode", layout.Code.Bytecode, "PyCodeObject", "co_code_adaptive", 0);

        Add("Object.Type", layout.Object.Type, "PyObject", "ob_type");
        Add("Object.VarSize", layout.Object.VarSize, "PyVarObject", "ob_size");
        Add("Object.TypeName", layout.Object.TypeName, "PyTypeObject", "tp_name");
        Add("Object.TypeFlags", layout.Object.TypeFlags, "PyTypeObject", "tp_flags");

        Add("Unicode.Length", layout.Unicode?.Length, "PyASCIIObject", "length");
        Add("Unicode.State", layout.Unicode?.State, "PyASCIIObject", "state", 4);
        Add("Unicode.LegacyData", layout.Unicode?.LegacyData, "PyUnicodeObject", "data");
        Constant("Unicode.AsciiData", layout.Unicode?.AsciiData, "sizeof(PyASCIIObject)");
        Constant("Unicode.CompactData", layout.Unicode?.CompactData, "sizeof(PyCompactUnicodeObject)");
        Add("Bytes.Data", layout.Bytes.Data, is2 ? "PyStringObject" : "PyBytesObject", "ob_sval", 1);
        if (minor >= 12) // before, the GIL is the runtime's and we ask gilstate
        {
            Add("Interpreter.GilLocked", layout.Interpreter.GilLocked, "struct _gil_runtime_state", "locked", 4);
            Add("Interpreter.GilLastHolder", layout.Interpreter.GilLastHolder, "struct _gil_runtime_state", "last_holder");
        }

        if (minor is 11 or 12)
        {
            Add("Thread.CFrameCurrentFrame", layout.Thread.CFrameCurrentFrame, "_PyCFrame", "current_frame");
        }

        return fields;
    }
}
