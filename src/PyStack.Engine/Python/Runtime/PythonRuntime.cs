using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Concurrency;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Python.Runtime;

/// <summary>An interpreter that was found in a target.</summary>
/// <param name="Address">Of <c>_PyRuntime</c> (3.7 and later) or of <c>interp_head</c>, in the target.</param>
/// <param name="Layout">Where the fields of its structs are.</param>
/// <param name="Variables">Its static variables outside any struct (to 3.6).</param>
internal sealed record PythonRuntime(
    ulong Address, PythonVersion Version, PythonLayout Layout, RuntimeVariables Variables = default)
{
    /// <summary>The code objects that were decoded last, for the next capture.</summary>
    public CodeCache Codes { get; } = new();

    /// <summary>Where its dicts of threads were last.</summary>
    public ThreadPlaces Threads { get; } = new();

    /// <summary>The module that it was found in; null if all memory was searched.</summary>
    public Module? Module { get; init; }

    /// <summary>Where the code of its evaluation loop is, as far as it is in a module; empty if that is unknown.</summary>
    public AddressRange Code => Module?.Range ?? default;
}
