namespace PyStack.Engine.Python.Runtime;

/// <summary>
/// The addresses of the variables in which versions without <c>_PyRuntime</c> (to 3.6) keep their state, each null
/// if the version has none or no symbol has its address.
/// </summary>
/// <param name="GilHolder"><c>_PyThreadState_Current</c> (Python/pystate.c): the thread state that holds the GIL.</param>
/// <param name="Finalizing"><c>_Py_Finalizing</c> (Python/pylifecycle.c, 3.6): the thread state that shuts the runtime down.</param>
/// <param name="Collecting"><c>collecting</c> (Modules/gcmodule.c), a 4-byte int: whether the garbage collector runs.</param>
/// <param name="GilLastHolder"><c>gil_last_holder</c> (Python/ceval_gil.h, 3.2 to 3.6), as <see cref="GilAddress"/> has it.</param>
/// <param name="GilLocked"><c>gil_locked</c>.</param>
/// <param name="GilSwitchNumber"><c>gil_switch_number</c>.</param>
/// <param name="YoungestGeneration"><c>_PyGC_generation0</c> (objimpl.h): a pointer to the first of the collector's generations. It is exported, so that stripped binaries have it.</param>
internal readonly record struct RuntimeVariables(
    ulong? GilHolder, ulong? Finalizing, ulong? Collecting, ulong? GilLastHolder, ulong? GilLocked, ulong? GilSwitchNumber, ulong? YoungestGeneration = null)
{
    /// <summary>All of them, in the order of the parameters.</summary>
    public ulong?[] All => [GilHolder, Finalizing, Collecting, GilLastHolder, GilLocked, GilSwitchNumber, YoungestGeneration];

    /// <summary>Those that <see cref="All"/> gave; none of another number of them.</summary>
    public static RuntimeVariables Of(ulong?[]? all) => all is { Length: 7 } ? new(all[0], all[1], all[2], all[3], all[4], all[5], all[6]) : default;
}
