using System;
using System.IO;

namespace PyStack.TestSupport.Interpreters;

/// <summary>
/// The CPython that <c>tests/pythons.sh</c> builds against musl if it is asked to. It has no ctypes and takes part in the tests of musl only.
/// </summary>
public static class MuslInterpreter
{
    public const string None = "no Python for musl: PYSTACK_PYTHONS_MUSL=1 tests/pythons.sh builds one, with Debian's musl-tools";

    private static readonly Lazy<Interpreter?> Asked = new(Ask);

    /// <summary>Null if there is none.</summary>
    public static Interpreter? Found => Asked.Value;

    private static Interpreter? Ask()
    {
        string executable = Path.Combine(Repository.Cache, "pythons", "musl", "bin", "python3.13");
        return File.Exists(executable) ? InterpreterProbe.Ask([executable], executable, "musl", out _) : null;
    }
}
