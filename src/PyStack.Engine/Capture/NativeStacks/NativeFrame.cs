using PyStack.Engine.Primitives;
using PyStack.Engine.Unwinding;

namespace PyStack.Engine.Capture.NativeStacks;

/// <summary>One native frame, looked up: a function, or one that the compiler inlined into the frame before it.</summary>
/// <param name="Address">Where it runs or will continue; inlined functions have that of the frame that contains them.</param>
/// <param name="Function">Demangled; null where unknown.</param>
/// <param name="LinkageName">As the symbol table has it; null where unknown.</param>
/// <param name="Line">From 1; 0 where unknown.</param>
/// <param name="Library">The path of its file in the target's own root; null for memory without a file.</param>
/// <param name="Physical">Counts the frames of the stack from the outermost, 0; inlined functions have the number of the one that holds them.</param>
/// <param name="Stack">The addresses of the stack that it occupies; empty where they are not known.</param>
/// <param name="Source">How it was found.</param>
/// <param name="Folder">Where its compiler ran: a relative name of a file is relative to this; null where unknown.</param>
/// <param name="SourceBuildId">The build-id by which a server may be asked for <paramref name="File"/>; null where it may not.</param>
internal readonly record struct NativeFrame(
    ulong Address,
    string? Function,
    string? LinkageName,
    string? File,
    int Line,
    string? Library,
    bool IsInlined,
    int Physical,
    AddressRange Stack,
    FrameSource Source,
    string? Folder = null,
    string? SourceBuildId = null);
