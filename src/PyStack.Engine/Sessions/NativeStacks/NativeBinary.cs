using System.Collections.Generic;
using PyStack.Engine.Elf;
using PyStack.Engine.Primitives;
using PyStack.Engine.Symbols;
using PyStack.Engine.Unwinding;

namespace PyStack.Engine.Sessions.NativeStacks;

internal sealed class NativeBinary
{
    public IUnwindRules Rules { get; } = null!;
    public static NativeBinary FromMemory(ElfImage image, Limits limits) => new();
    public int X;
    public void FindFunctions(ulong address, List<SymbolizedFrame> frames) { X++; }
}
