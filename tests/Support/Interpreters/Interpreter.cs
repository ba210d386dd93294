using System.Collections.Generic;
using System.IO;

namespace PyStack.TestSupport.Interpreters;

/// <summary>One way to start one CPython of this machine.</summary>
public sealed record Interpreter
{
    /// <summary>What tests and the report call it: version and where it is from.</summary>
    public required string Name { get; init; }

    /// <summary>As <c>platform.python_version()</c> has it.</summary>
    public required string Version { get; init; }

    public required int Major { get; init; }

    public required int Minor { get; init; }

    /// <summary>Whether it is a build without the GIL.</summary>
    public bool IsFreeThreaded { get; init; }

    /// <summary>The interpreter's own file, links resolved, as this machine names it.</summary>
    public required string Executable { get; init; }

    /// <summary>The words that start it, before its own arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Where the started process finds the folder of the test programs: the folder itself, or a mount of it.</summary>
    public string ProgramsAsSeen { get; init; } = Programs.Folder;

    /// <summary>Whether it runs in a root of its own, where it sees nothing of ours but the test programs.</summary>
    public bool HasOwnRoot { get; init; }

    /// <summary>Whether it was compiled with Py_DEBUG.</summary>
    public bool IsDebugBuild { get; init; }

    /// <summary>Whether its compiler (PEP 744) is at work.</summary>
    public bool IsJit { get; init; }

    /// <summary>Whether it is another way to start, or another build of, what is here already: for some of the tests only.</summary>
    public bool IsVariant => HasOwnRoot || IsDebugBuild;

    public bool IsAtLeast(int major, int minor) => (Major, Minor).CompareTo((major, minor)) >= 0;

    /// <summary>A test program's path as the started process sees it; a path that is absolute already stays what it is.</summary>
    public string PathOf(string program) => Path.IsPathRooted(program) ? program : Path.Combine(ProgramsAsSeen, program);

    public override string ToString() => Name;
}
