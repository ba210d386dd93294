using System;
using System.Collections.Frozen;
using System.IO;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Capture.Merging;

/// <summary>Which native functions are the interpreter's own: its evaluation loop, and how it gets from one Python frame to the next.</summary>
internal static class CallMachinery
{
    private static readonly PythonVersion FirstWithDefault = new(3, 6);

    private static readonly FrozenSet<string> Helpers = FrozenSet.ToFrozenSet(
    [
        "PyObject_Call", "PyObject_CallObject", "PyObject_CallFunction", "PyObject_CallFunctionObjArgs", "PyObject_CallMethod",
        "PyObject_CallMethodObjArgs", "PyObject_CallNoArgs", "PyObject_CallOneArg", "PyCFunction_Call", "PyVectorcall_Call",
        "object_vacall", "callmethod", "call_function", "fast_function", "do_call", "do_call_core", "ext_do_call", "function_call",
        "function_code_fastcall", "cfunction_call", "cfunction_call_varargs", "method_call", "methoddescr_call", "classmethoddescr_call",
        "instance_call", "instancemethod_call", "slot_tp_call", "type_call", "wrapper_call", "wrapperdescr_call", "wrap_call",
        "py_trampoline_evaluator", "cmpwrapper_call", "proxy_call", "weakref_call",
    ]);

    /// <summary>Whether a function is the evaluation loop, each call of which is one entry frame.</summary>
    public static bool IsLoop(in NativeFrame frame, PythonVersion version)
        => FunctionName.WithoutSuffix(frame.LinkageName ?? frame.Function)
            .SequenceEqual(version.CompareTo(FirstWithDefault) < 0 ? "PyEval_EvalFrameEx" : "_PyEval_EvalFrameDefault");

    /// <summary>Whether a function is a part of the evaluation loop in a build whose instructions are functions that end in calls of each other (tail calls).</summary>
    public static bool IsTailCall(in NativeFrame frame)
        => (frame.LinkageName ?? frame.Function)?.StartsWith("_TAIL_CALL_", StringComparison.Ordinal) == true;

    /// <summary>
    /// Whether a function is one of greenlet's, which gives a thread another stack: its file is <c>greenlet/_greenlet.*.so</c>, before 1.0 <c>greenlet.*.so</c>.
    /// </summary>
    public static bool IsGreenletSwitch(in NativeFrame frame)
    {
        ReadOnlySpan<char> file = Path.GetFileName(frame.Library.AsSpan());
        return file.StartsWith("_greenlet.", StringComparison.Ordinal) || file.StartsWith("greenlet.", StringComparison.Ordinal);
    }

    /// <summary>Whether a function is the one that a greenlet's stack begins with (src/greenlet/greenlet.cpp; a method from 2.0).</summary>
    public static bool IsGreenletStart(in NativeFrame frame)
        => (frame.LinkageName ?? frame.Function)?.Contains("g_initialstub", StringComparison.Ordinal) == true;

    /// <summary>Whether a function is only between one Python frame and the next.</summary>
    public static bool IsHelper(in NativeFrame frame)
    {
        ReadOnlySpan<char> name = FunctionName.WithoutSuffix(frame.LinkageName ?? frame.Function);
        return name.StartsWith("PyEval", StringComparison.Ordinal)
            || name.StartsWith("_Py", StringComparison.Ordinal)
            || name.StartsWith("_TAIL_CALL_", StringComparison.Ordinal)
            || name.Contains("vectorcall", StringComparison.OrdinalIgnoreCase)
            || Helpers.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name)
            || (name.IsEmpty && frame.Library is null);
    }
}
