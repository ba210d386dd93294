using System.Collections.Generic;
using PyStack.Engine.Debuginfod;

namespace PyStack.Engine.Targets.Core;

/// <summary>Where the files of a core are looked for.</summary>
/// <param name="Executable">The program, if not where the core says.</param>
/// <param name="LibraryFolders">Folders that are searched for a file's name, before its own path.</param>
/// <param name="Root">A root that is used in place of the process's root, before ours.</param>
internal sealed record CoreSearch(string? Executable = null, IReadOnlyList<string>? LibraryFolders = null, string? Root = null)
{
    /// <summary>The servers that are asked for programs and libraries that are not found here; null for none.</summary>
    public DebuginfodClient? Servers { get; init; }
}
