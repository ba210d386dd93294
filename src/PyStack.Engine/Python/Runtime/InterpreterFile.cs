using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Python.Runtime;

/// <summary>Finds out from a program's file whether it contains an interpreter, whatever its name is.</summary>
internal static class InterpreterFile
{
    /// <summary>True or false; null if the file does not show it.</summary>
    /// <remarks>
    /// Programs with an interpreter inside export its functions, because extension modules need them. Those of Debian and others keep the
    /// section <c>.PyRuntime</c> (3.7 and later) even if they are stripped. Only the dynamic symbols are searched, by their
    /// hash table: the full table of a large program takes longer than everything else.
    /// </remarks>
    public static bool? HasInterpreter(IFileBytes file, Limits limits, out PyImplementation implementation)
    {
        implementation = PyImplementation.CPython;
        if (!ElfImage.TryFromFile(file, limits, out ElfImage? image, out _))
        {
            return null;
        }

        DynamicSection symbols = DynamicSection.Read(image.AddressSpace, image.Segments, image.LoadBias, limits);
        if (symbols.TryFindSymbol("Py_GetVersion"u8, limits, out _))
        {
            return true;
        }

        // PyPy's own start-up function (rpython/translator/c/src/entrypoint.c).
        if (symbols.TryFindSymbol("rpython_startup_code"u8, limits, out _))
        {
            implementation = PyImplementation.PyPy;
            return true;
        }

        return image.TryFindSection(".PyRuntime", out _);
    }
}
