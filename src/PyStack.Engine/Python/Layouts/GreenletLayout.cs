using System.Collections.Generic;
using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Python.Layouts;

/// <summary>
/// Where a greenlet has its fields. To greenlet 1.1 all are in the object itself, <c>PyGreenlet</c> (greenlet.h). From 2.0 on the object points to one in C++ (<c>pimpl</c>), a <c>UserGreenlet</c> or
/// <c>MainGreenlet</c>, whose base <c>Greenlet</c> (greenlet_greenlet.hpp, from 3.1 on TGreenlet.hpp) is made of parts whose sizes are those of the CPython that greenlet was compiled for.
/// </summary>
/// <remarks>
/// Numbers: gdb's <c>ptype /o</c> on greenlet 2.0.2, 3.1.0 and 3.3.2 of Debian's python3-greenlet, compiled for CPython 3.6 to 3.13; the headers of 0.4.17 to 3.5.3 for the others. There is more
/// than one for a CPython: which one is right, an object says itself, by the pointers that lead back to it.
/// </remarks>
internal sealed record GreenletLayout
{
    /// <summary><c>_stack_start</c>, followed by <c>stack_stop</c>, <c>stack_copy</c> and <c>_stack_saved</c>, in all versions.</summary>
    public required int Stack { get; init; }

    /// <summary><c>_top_frame</c>: the <c>PyFrameObject</c> of its innermost frame while it does not run.</summary>
    public required int TopFrame { get; init; }

    /// <summary><c>_parent</c> of all but main greenlets.</summary>
    public required int Parent { get; init; }

    /// <summary><c>_run_callable</c>, before it has started; to 1.1 <c>run_info</c>, which afterwards is the dict of its thread state.</summary>
    public required int Run { get; init; }

    /// <summary><c>_main_greenlet</c> of all but main greenlets; null to 1.1.</summary>
    public int? Main { get; init; }

    /// <summary><c>_thread_state</c> of main greenlets: greenlet's own <c>ThreadState</c>, which begins with the main and the current greenlet; null to 1.1.</summary>
    public int? ThreadState { get; init; }

    /// <summary>A pointer back to the object: of all greenlets, or of main greenlets only; null to 1.1.</summary>
    public int? Self { get; init; }

    /// <summary>The same of main greenlets.</summary>
    public int? MainSelf { get; init; }

    /// <summary><c>pimpl</c> after the head of the object: after <c>weakreflist</c> and <c>dict</c>.</summary>
    public const int Implementation = 2 * sizeof(ulong);

    /// <summary>Bytes of an object with <c>pimpl</c>, after its head.</summary>
    public const int SmallSize = Implementation + sizeof(ulong);

    /// <summary><c>f_frame</c> of a <c>PyFrameObject</c>, after its head (internal/pycore_frame.h, 3.11 and later).</summary>
    public const int FrameOfObject = sizeof(ulong);

    /// <summary>Bytes that hold all fields of any of them.</summary>
    public const int Bytes = 256;

    /// <summary>The layout to 1.1, from the start of the object; null for a CPython that it did not know.</summary>
    /// <param name="size">Bytes of the object (<c>tp_basicsize</c>): with a <c>context</c> from 0.4.17 on, and a <c>cframe</c> from 1.1 on.</param>
    public static GreenletLayout? Plain(PythonVersion python, int size)
    {
        bool isKnown = python.Minor switch
        {
            6 => size is 128,
            >= 7 and <= 9 => size is 144 or 152,
            10 => size is 152 or 160,
            11 => size is 176,
            _ => false,
        };

        return !isKnown ? null : new GreenletLayout { Stack = 16, TopFrame = 72, Parent = 56, Run = 64 };
    }

    /// <summary>The layouts from 2.0 on that greenlets of a CPython can have, from the start of the C++ object.</summary>
    public static IEnumerable<GreenletLayout> Of(PythonVersion python)
    {
        // ExceptionState: _PyErr_StackItem has four words from 3.7 to 3.10, then two; in 3.6 there are three objects.
        int exceptions = python.Minor is >= 7 and <= 10 ? 40 : 24;
        foreach (int states in StateSizes(python.Minor))
        {
            foreach (bool isSelfFirst in (bool[])[false, true])
            {
                // A pointer to the virtual methods; from 3.1.1 on _self; ExceptionState; SwitchingArgs (two objects); StackState (five words); PythonState.
                int stack = (isSelfFirst ? 16 : 8) + exceptions + 16;
                int state = stack + 40;
                int end = state + states;
                int user = isSelfFirst ? end : end + 8;
                yield return new GreenletLayout
                {
                    Stack = stack,
                    TopFrame = python.Minor == 6 ? state : state + 8, // after a context
                    Self = isSelfFirst ? 8 : end,
                    Main = user,
                    Run = user + 8,
                    Parent = user + 16,
                    MainSelf = end,
                    ThreadState = end + 8,
                };
            }
        }
    }

    // sizeof(PythonState): 3.13 has 8 bytes more from greenlet 3.5.3 on (critical_section), 3.14 8 from 3.3 on (stackpointer) and 8 more from 3.5.3 on.
    private static int[] StateSizes(int minor) => minor switch
    {
        6 => [16],
        <= 9 => [24],
        10 => [40],
        <= 12 => [72],
        13 => [64, 72],
        _ => [80, 72, 88],
    };
}
