namespace PyStack.Engine.Debuginfod;

/// <summary>What a debuginfod server has of a build.</summary>
internal enum DebuginfodKind
{
    /// <summary>The file with the debug information, as it is below <c>/usr/lib/debug</c>.</summary>
    DebugInformation,

    /// <summary>The program or library itself.</summary>
    Executable,

    /// <summary>A source file, by the name that the debug information has for it.</summary>
    Source,
}
