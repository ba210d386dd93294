using System;
using System.Collections.Generic;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Python.Runtime;

/// <summary>The modules of a target that may contain an interpreter, the likeliest first.</summary>
internal static class RuntimeCandidates
{
    /// <summary>More modules of Python's name than any process has.</summary>
    private const int MaxLikely = 256;

    /// <summary>CPython 2.7 to 3.15 have 1.3 to 5 MB of code; one for a small machine has half of that.</summary>
    public const ulong LeastCode = 512 << 10;

    /// <summary>0.2 to 1.5 MB of data with .bss.</summary>
    private const ulong LeastData = 64 << 10;

    /// <summary>A shared libpython, then files that are called python, then the program that was started (it may have an embedded Python).</summary>
    public static List<Module> List(ITarget target)
    {
        List<Module> libraries = [];
        List<Module> programs = [];
        Emulator? emulator = Emulator.Of(target);
        foreach (Module module in target.Modules)
        {
            if (!Emulator.MayRun(emulator, module) || libraries.Count + programs.Count >= MaxLikely)
            {
                continue;
            }

            if (module.FileName.StartsWith("libpython", StringComparison.Ordinal))
            {
                libraries.Add(module);
            }
            else if (module.FileName.StartsWith("python", StringComparison.Ordinal))
            {
                programs.Add(module);
            }
        }

        libraries.AddRange(programs);
        if (target.Executable is Module executable && !libraries.Contains(executable))
        {
            libraries.Add(executable);
        }

        return libraries;
    }

    /// <summary>All other modules, for an interpreter under another name.</summary>
    public static IEnumerable<Module> Others(ITarget target, List<Module> likely)
    {
        Emulator? emulator = Emulator.Of(target);
        foreach (Module module in target.Modules)
        {
            if (Emulator.MayRun(emulator, module) && !likely.Contains(module))
            {
                yield return module;
            }
        }
    }

    /// <summary>Whether a module is large enough for CPython: smaller ones are not searched for a second one.</summary>
    public static bool IsLargeEnough(Module module)
    {
        ulong code = 0;
        ulong data = 0;
        foreach (MemoryRegion region in module.Regions)
        {
            code += (region.Access & RegionAccess.Execute) != 0 ? region.Range.Length : 0;
            data += region.IsWritable ? region.Range.Length : 0;
        }

        return code >= LeastCode && data >= LeastData;
    }

    /// <summary>Whether a module's name says that it is PyPy, another implementation of the language.</summary>
    public static bool IsNamedPyPy(Module module)
        => module.HasCode
            && (module.FileName.StartsWith("libpypy", StringComparison.Ordinal) || module.FileName.StartsWith("pypy", StringComparison.Ordinal));

    /// <summary>Whether a module's name says that it is Python.</summary>
    public static bool IsNamedPython(Module module)
        => module.FileName.StartsWith("libpython", StringComparison.Ordinal)
            || module.FileName.StartsWith("python", StringComparison.Ordinal);
}
