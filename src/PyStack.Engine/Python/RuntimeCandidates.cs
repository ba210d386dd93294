using System;
using System.Collections.Generic;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Python;

/// <summary>Which modules of a target may hold an interpreter, the likeliest first.</summary>
internal static class RuntimeCandidates
{
    /// <summary>More modules of Python's name than any process has.</summary>
    private const int MaxLikely = 256;

    /// <summary>A shared libpython, then whatever is called python, then the program that was started (it may have Python inside).</summary>
    public static List<Module> List(ITarget target)
    {
        List<Module> libraries = [];
        List<Module> programs = [];
        foreach (Module module in target.Modules)
        {
            if (!module.HasCode || libraries.Count + programs.Count >= MaxLikely)
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

    /// <summary>All other modules, for an interpreter under a name of its own.</summary>
    public static IEnumerable<Module> Others(ITarget target, List<Module> likely)
    {
        foreach (Module module in target.Modules)
        {
            if (module.HasCode && !likely.Contains(module))
            {
                yield return module;
            }
        }
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
