using PyStack.Engine.Dwarf.CallFrames;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Unwinding;

/// <summary>The layout of a target's memory, for the unwinder.</summary>
internal interface ICodeMap
{
    /// <summary>Finds the module that holds an address of code. False for anonymous memory (a JIT) and for what is not executable.</summary>
    bool TryFind(ulong address, out CodeModule module);

    /// <summary>Whether an address is in executable memory, of a module or not.</summary>
    bool IsExecutable(ulong address);
}

/// <summary>A module of the target as the unwinder sees it.</summary>
/// <param name="Range">Where it is in the target; what is between its mappings belongs to it.</param>
/// <param name="LoadBias">What to add to a linked address, modulo 2^64.</param>
/// <param name="Rules">Its call frame information, by linked addresses; empty where it has none.</param>
internal sealed record CodeModule(AddressRange Range, ulong LoadBias, CallFrameTable Rules);
