using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Dwarf.CallFrames;
using PyStack.Engine.Elf;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Symbols;

namespace PyStack.Engine.Sessions.NativeStacks;

/// <summary>What one binary tells of its code: how to unwind it and what its functions are called. Safe for several threads.</summary>
internal sealed class NativeBinary
{
    private readonly Lazy<FunctionTable?> _functions;

    private NativeBinary(CallFrameTable rules, Func<FunctionTable?> functions)
    {
        Rules = rules;
        _functions = new(functions, LazyThreadSafetyMode.ExecutionAndPublication);
    }

    public CallFrameTable Rules { get; }

    /// <summary>Of a file, which stays open and mapped as long as the binary is used, and so does its separate debug file.</summary>
    /// <param name="debug">The image of the debug file, or null: it names the functions that the binary itself was stripped of.</param>
    public static bool TryFromFile(MappedFile file, ElfImage? debug, Limits limits, out NativeBinary binary)
    {
        bool isElf = ElfImage.TryFromFile(file, limits, out ElfImage? image, out _);
        binary = isElf
            ? new NativeBinary(CallFrameTable.FromFile(image!, file, limits), () => FunctionTable.Read([image!.Sections, debug?.Sections], limits))
            : null!;
        return isElf;
    }

    /// <summary>Of an image in memory, which has no names.</summary>
    public static NativeBinary FromMemory(ElfImage image, Limits limits) => new(CallFrameTable.FromSegments(image, limits), () => null);

    /// <summary>The functions at an address, the outermost first; none where it is not known.</summary>
    public void FindFunctions(ulong linkedAddress, List<SymbolizedFrame> frames)
    {
        if (_functions.Value is { } functions && functions.TryFind(linkedAddress, out string name))
        {
            frames.Add(new SymbolizedFrame(Demangler.Demangle(name), name, null, 0, IsInlined: false));
        }
    }
}
