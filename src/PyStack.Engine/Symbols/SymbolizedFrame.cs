namespace PyStack.Engine.Symbols;

/// <summary>One function call at an address: the function itself or one that was inlined into it.</summary>
/// <param name="Function">The demangled name without a symbol version; null where unknown.</param>
/// <param name="LinkageName">The name as it is in the symbol table or in DW_AT_linkage_name, not demangled; null where unknown.</param>
/// <param name="File">The source file as it was given to the compiler, joined with its folder where the line table does so; null where unknown.</param>
/// <param name="Line">From 1; 0 where unknown. Of an outer function: the line of the inlined call.</param>
/// <param name="IsInlined">Whether the compiler inlined it into the function before it.</param>
/// <param name="Folder">Where the compiler ran: a relative name of a file is relative to this; null where unknown.</param>
internal readonly record struct SymbolizedFrame(string? Function, string? LinkageName, string? File, int Line, bool IsInlined, string? Folder = null);
