using System;
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

        Add("Exceptions.Value", layout.Exceptions.Value, Thread, "exc_value");
        Add("Exceptions.InnermostItem", layout.Exceptions.InnermostItem, Thread, "exc_info");
        Add("Exceptions.OutermostItem", layout.Exceptions.OutermostItem, Thread, "exc_state", 0);
        Add("Exceptions.ItemValue", layout.Exceptions.ItemValue, "struct _err_stackitem", "exc_value");
        Add("Exceptions.ItemPrevious", layout.Exceptions.ItemPrevious, "struct _err_stackitem", "previous_item");

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
        AddLocals(layout, minor, Add);
        AddValues(layout, minor, is2, Add, Constant);
        AddGenerators(layout, minor, frame, Add, Constant);
        AddLocks(layout, minor, frame, Add);
        if (minor is >= 7 and <= 12) // the versions in which asyncio uses it
        {
            Add("Asyncio.ThreadDict", layout.Asyncio?.ThreadDict, Thread, "dict");
        }

        Add("Asyncio.ThreadLoop", layout.Asyncio?.ThreadLoop, "struct _PyThreadStateImpl", "asyncio_running_loop");
        Add("Asyncio.ThreadTask", layout.Asyncio?.ThreadTask, "struct _PyThreadStateImpl", "asyncio_running_task");
        Add("Asyncio.ThreadTasks", layout.Asyncio?.ThreadTasks, "struct _PyThreadStateImpl", "asyncio_tasks_head", 16);
        if (minor >= 12) // before, the GIL is the runtime's and we ask gilstate
        {
            Add("Interpreter.GilLocked", layout.Interpreter.GilLocked, "struct _gil_runtime_state", "locked", 4);
            Add("Interpreter.GilLastHolder", layout.Interpreter.GilLastHolder, "struct _gil_runtime_state", "last_holder");
        }

        if (minor is >= 9 and <= 11) // the versions that link suspended generators into a thread's frames
        {
            Add("Frame.StackTop", layout.Frame.StackTop, frame, "f_stacktop");
            Add("Frame.StackDepth", layout.Frame.StackDepth, frame, minor == 10 ? "f_stackdepth" : "stacktop", 4);
            Add("Frame.Generator", layout.Frame.Generator, frame, "f_gen");
        }

        if (minor is 11 or 12)
        {
            Add("Thread.CFrameCurrentFrame", layout.Thread.CFrameCurrentFrame, "_PyCFrame", "current_frame");
        }

        return fields;
    }

    private static void AddLocals(PythonLayout layout, int minor, Action<string, long?, string, string, int> add)
    {
        const string Code = "PyCodeObject";
        LocalsLayout at = layout.Locals;
        bool isOld = minor <= 10;
        add("Locals.ArgumentCount", at.ArgumentCount, Code, "co_argcount", 4);
        add("Locals.KeywordOnlyCount", at.KeywordOnlyCount, Code, "co_kwonlyargcount", 4);
        add("Locals.Flags", at.Flags, Code, "co_flags", 4);
        add("Locals.SlotCount", at.SlotCount, Code, "co_nlocalsplus", 4);
        add("Locals.Names", at.Names, Code, isOld ? "co_varnames" : "co_localsplusnames", 8);
        add("Locals.Kinds", at.Kinds, Code, "co_localspluskinds", 8);
        add("Locals.CellNames", at.CellNames, Code, "co_cellvars", 8);
        add("Locals.FreeNames", at.FreeNames, Code, "co_freevars", 8);
        add("Locals.FrameSlots", at.FrameSlots, isOld ? "struct _frame" : "struct _PyInterpreterFrame", isOld ? "f_localsplus" : "localsplus", 8);
        add("Locals.FrameGlobals", at.FrameGlobals, isOld ? "struct _frame" : "struct _PyInterpreterFrame", "f_globals", 8);
        add("Locals.FrameNamespace", at.FrameNamespace, isOld ? "struct _frame" : "struct _PyInterpreterFrame", "f_locals", 8);
        if (isOld) // later ones have it too, and we need the number of all slots
        {
            add("Locals.LocalCount", at.LocalCount, Code, "co_nlocals", 4);
        }
    }

    private static void AddLocks(PythonLayout layout, int minor, string frame, Action<string, long?, string, string, int> add)
    {
        LockLayout at = layout.Locks;
        int head = layout.Object.VarSize;

        // Where every version has its lock, and an RLock its owner.
        add("Locks.Lock", head, "lockobject", minor <= 13 ? "lock_lock" : "lock", minor <= 13 ? 8 : 1);
        add("Locks.RecursiveLock", minor == 0 ? null : head, "rlockobject", minor <= 13 ? "rlock_lock" : "lock.mutex", minor <= 13 ? 8 : 1);
        add("Locks.Owner", minor == 0 ? null : head + LockLayout.Owner, "rlockobject", minor <= 13 ? "rlock_owner" : "lock.thread", 8);
        add("Locks.Count", minor == 0 ? null : head + LockLayout.Owner + 8, "rlockobject", minor <= 13 ? "rlock_count" : "lock.level", 8);
        add("Locks.HasRecursiveMutex", at.HasRecursiveMutex ? head : null, "rlockobject", "lock", 0);
        add("Locks.ParkedAddress", at.AddressBeforeSemaphore, "struct wait_entry", "addr", 8);
        add("Locks.ParkedSemaphore", at.AddressBeforeSemaphore * 2, "struct wait_entry", "sema", 0);
        add("Locks.FunctionCode", at.FunctionCode, "PyFunctionObject", "func_code", 8);
        add("Locks.MethodFunction", head, "PyMethodObject", "im_func", 8);
        add("Locks.MethodSelf", head + 8, "PyMethodObject", "im_self", 8);

        WithLayout with = layout.With;
        add("With.BlockCount", with.BlockCount, frame, "f_iblock", 4);
        add("With.Blocks", with.Blocks, frame, "f_blockstack", 0);
        add("With.ExceptionTable", with.ExceptionTable, "PyCodeObject", "co_exceptiontable", 8);
        add("With.StackSize", with.StackSize, "PyCodeObject", "co_stacksize", 4);
        add("With.Names", with.Names, "PyCodeObject", "co_names", 8);
        if (minor <= 10)
        {
            add("With.CodeBytes", with.CodeBytes, "PyCodeObject", "co_code", 8);
            add("With.BlockLevel", 8, "PyTryBlock", "b_level", 4);
        }
    }

    private static void AddGenerators(PythonLayout layout, int minor, string frame, Action<string, long?, string, string, int> add, Action<string, long?, string> constant)
    {
        GeneratorLayout at = layout.Generator;
        add("Generator.Frame", at.Frame, "PyGenObject", "gi_frame", 8);
        add("Generator.QualifiedName", at.QualifiedName, "PyGenObject", "gi_qualname", 8);
        add("Generator.Running", at.Running, "PyGenObject", "gi_running", 1);
        add("Generator.InlineFrame", at.InlineFrame, "PyGenObject", "gi_iframe", 0);
        add("Generator.State", at.State, "PyGenObject", "gi_frame_state", 1);
        add("Generator.FrameState", at.FrameState, frame, "f_state", 1);
        add("Generator.StackTop", at.StackTop, frame, minor <= 9 ? "f_stacktop" : "stackpointer", 8);
        add("Generator.StackDepth", at.StackDepth, frame, minor <= 10 ? "f_stackdepth" : "stacktop", 4);

        // Some are negative, and no number of a layout is.
        constant("Generator.Created", at.States?.Created + 128, "FRAME_CREATED + 128");
        constant("Generator.Suspended", at.States?.Suspended + 128, "FRAME_SUSPENDED + 128");
        constant("Generator.Delegating", at.States?.Delegating + 128, "FRAME_SUSPENDED_YIELD_FROM + 128");
        constant("Generator.DelegatingLocked", at.States?.DelegatingLocked + 128, "FRAME_SUSPENDED_YIELD_FROM_LOCKED + 128");
        constant("Generator.Executing", at.States?.Executing + 128, "FRAME_EXECUTING + 128");
        if (minor == 10) // older ones have it too, and do not need it
        {
            add("Generator.ValueStack", at.ValueStack, frame, "f_valuestack", 8);
        }

        if (minor is >= 6 and <= 10)
        {
            add("Generator.CodeBytes", at.CodeBytes, "PyCodeObject", "co_code", 8);
        }

        if (minor >= 6)
        {
            // What follows the head of the objects that stand between a coroutine and the one it awaits, in all versions.
            int head = layout.Object.VarSize;
            add("Generator.WrappedCoroutine", head, "PyCoroWrapper", "cw_coroutine", 8);
            add("Generator.AsendGenerator", head, "PyAsyncGenASend", "ags_gen", 8);
            add("Generator.AthrowGenerator", head, "PyAsyncGenAThrow", "agt_gen", 8);
        }

        if (minor >= 10)
        {
            add("Generator.AnextAwaitable", layout.Object.VarSize, "anextawaitableobject", "wrapped", 8);
        }
    }

    private static void AddValues(PythonLayout layout, int minor, bool is2, Action<string, long?, string, string, int> add, Action<string, long?, string> constant)
    {
        ValueLayout at = layout.Values;
        bool isTagged = at.LongTagBits is not null;
        string dict = is2 ? "struct _dictobject" : "PyDictObject";
        add("Values.LongDigits", at.LongDigits, "PyLongObject", isTagged ? "long_value.ob_digit" : "ob_digit", 4);
        add("Values.LongTag", isTagged ? layout.Object.VarSize : null, "PyLongObject", "long_value.lv_tag", 8);
        add("Values.ByteArrayStart", at.ByteArrayStart, "PyByteArrayObject", is2 ? "ob_bytes" : "ob_start", 8);
        add("Values.ListItems", at.ListItems, "PyListObject", "ob_item", 8);
        add("Values.TupleItems", at.TupleItems, "PyTupleObject", "ob_item", 8);
        add("Values.DictKeys", at.DictKeys, dict, is2 ? "ma_table" : "ma_keys", 8);
        add("Values.DictValues", at.DictValues, dict, is2 ? "ma_mask" : "ma_values", 8);
        add("Values.KeysEntryCount", at.KeysEntryCount, "struct _dictkeysobject", "dk_nentries", 8);
        add("Values.KeysIndices", at.KeysIndices, "struct _dictkeysobject", "dk_indices", 0);
        add("Values.SetTable", at.SetTable, "PySetObject", "table", 8);
        add("Values.SetMask", at.SetMask, "PySetObject", "mask", 8);
        add("Values.SetEntryKey", at.SetEntryKey, "setentry", "key", 8);
        add("Values.TypeBasicSize", at.TypeBasicSize, "PyTypeObject", "tp_basicsize", 8);
        add("Values.TypeBase", at.TypeBase, "PyTypeObject", "tp_base", 8);
        add("Values.TypeDict", at.TypeDict, "PyTypeObject", "tp_dict", 8);
        add("Values.TypeDictOffset", at.TypeDictOffset, "PyTypeObject", "tp_dictoffset", 8);
        add("Values.TypeQualifiedName", at.TypeQualifiedName, "PyHeapTypeObject", is2 ? "ht_name" : "ht_qualname", 8);
        add("Values.TypeCachedKeys", at.TypeCachedKeys, "PyHeapTypeObject", "ht_cached_keys", 8);
        add("Values.FunctionClosure", at.FunctionClosure, "PyFunctionObject", "func_closure", 8);
        add("Values.FunctionName", at.FunctionName, "PyFunctionObject", is2 ? "func_name" : "func_qualname", 8);
        add("Values.ExceptionArguments", at.ExceptionArguments, "PyBaseExceptionObject", "args", 8);
        string error = is2 ? "PyEnvironmentErrorObject" : "PyOSErrorObject";
        add("Values.ErrorNumber", at.ErrorNumber, error, "myerrno", 8);
        add("Values.ErrorText", at.ErrorNumber + 8, error, "strerror", 8);
        add("Values.ErrorFile", at.ErrorNumber + 16, error, "filename", 8);
        add("Values.ErrorOtherFile", is2 ? null : at.ErrorNumber + 24, error, "filename2", 8);
        if (minor >= 13) // before, the values are an array with nothing in front
        {
            add("Values.ValuesItems", at.ValuesItems, "struct _dictvalues", "values", 8);
        }

        // What Python/Objects and Python/Repr take for granted of every version, and what stands at one place behind the head in all of them.
        int head = layout.Object.VarSize;
        add("Values.Float", head, "PyFloatObject", "ob_fval", 8);
        add("Values.Complex", head, "PyComplexObject", "cval", 8);
        add("Values.Cell", head, "PyCellObject", "ob_ref", 8);
        add("Values.Module", head, "PyModuleObject", "md_dict", 8);
        add("Values.BuiltIn", head, "PyCFunctionObject", "m_ml", 8);
        add("Values.BuiltInSelf", head + 8, "PyCFunctionObject", "m_self", 8);
        add("Values.SetUsed", head + 8, "PySetObject", "used", 8);
        add("Values.ListItemsAfterSize", head + 8, "PyListObject", "ob_item", 8);
        add("Values.TypeItemSize", at.TypeBasicSize + 8, "PyTypeObject", "tp_itemsize", 8);
        constant("Values.SetEntry", 16, "sizeof(setentry)");
        constant("Values.DictSize", at.DictSize, is2 ? "sizeof(struct _dictobject)" : "sizeof(PyDictObject)");
        add("Values.TypeMembers", at.TypeBase - 16, "PyTypeObject", "tp_members", 8);
        constant("Values.MemberSize", 40, "sizeof(PyMemberDef)");
        add("Values.MemberType", 8, "PyMemberDef", "type", 4);
        add("Values.MemberOffset", 16, "PyMemberDef", "offset", 8);
        add("Values.MemberOfDescriptor", head + ((is2 ? 2 : 3) * 8), "PyMemberDescrObject", "d_member", 8);
        add("Values.TypeDescriptorGet", at.TypeDescriptorGet, "PyTypeObject", "tp_descr_get", 8);
        add("Values.TypeMro", at.TypeMro, "PyTypeObject", "tp_mro", 8);
        if (minor >= 6)
        {
            // In 2.7 these are of a library of its own: repr() does (VariablesTests).
            add("Values.DefaultFactory", at.DictSize, "defdictobject", "default_factory", 8);
            add("Values.DequeBlock", head + 8, "dequeobject", "leftblock", 8);
            add("Values.DequeMost", head + 48, "dequeobject", "maxlen", 8);
            add("Values.OrderedFirst", at.DictSize, "struct _odictobject", "od_first", 8);
            add("Values.OrderedNext", 16, "struct _odictnode", "next", 8);
            constant("Values.DictEntry", 24, "sizeof(PyDictKeyEntry)");
            add("Values.Partial", head, "partialobject", "fn", 8);
            add("Values.PartialKeywords", head + 16, "partialobject", "kw", 8);
            add("Values.Range", head, "rangeobject", "start", 8);
            add("Values.RangeStep", head + 16, "rangeobject", "step", 8);
        }

        if (minor >= 11)
        {
            add("Values.DictLogSize", 8, "struct _dictkeysobject", "dk_log2_size", 1);
            add("Values.DictLogIndexBytes", 9, "struct _dictkeysobject", "dk_log2_index_bytes", 1);
            add("Values.DictKeysKind", 10, "struct _dictkeysobject", "dk_kind", 1);
            constant("Values.DictTextEntry", 16, "sizeof(PyDictUnicodeEntry)");
        }

        // To 3.13 datetime is a library of its own, and the interpreter's debug information does not tell of it: repr() does (VariablesTests).
        if (minor >= 14)
        {
            add("Values.DateFlag", head + 8, "PyDateTime_DateTime", "hastzinfo", 1);
            add("Values.DateFields", head + 9, "PyDateTime_DateTime", "data", 1);
            add("Values.DateZone", head + 24, "PyDateTime_DateTime", "tzinfo", 8);
            add("Values.TimeZone", head + 16, "PyDateTime_Time", "tzinfo", 8);
            add("Values.Days", head + 8, "PyDateTime_Delta", "days", 4);
            add("Values.ZoneOffset", head, "PyDateTime_TimeZone", "offset", 8);
        }
    }
}
