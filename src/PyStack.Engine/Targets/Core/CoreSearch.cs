using System.Collections.Generic;

namespace PyStack.Engine.Targets.Core;

/// <summary>Where the files of a core are looked for.</summary>
/// <param name="Executable">The program, if not where the core says.</param>
/// <param name="LibraryFolders">Folders that are looked into for a file's name, in front of its own path.</param>
/// <param name="Root">A root that stands for the one of the process, in front of ours.</param>
internal sealed record CoreSearch(string? Executable = null, IReadOnlyList<string>? LibraryFolders = null, string? Root = null);
