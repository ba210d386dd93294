using System;
using PyStack.Engine.Dwarf.CallFrames;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Unwinding;

/// <summary>
/// What the call before a return address says about who was called. Where return addresses are searched for, earlier calls have left theirs on the stack as well, and rules lead on from those
/// too: nothing but their call shows that they are old.
/// </summary>
internal sealed class CallEvidence(ProcessorRules rules, ICodeMap code)
{
    /// <summary>Bytes of the longest function that is looked through. One that is longer may jump anywhere.</summary>
    private const int LongestFunction = 16 << 10;

    /// <summary>Bytes of code that are looked through for one stack, since the target chooses how many functions there are.</summary>
    private const int BytesPerStack = 4 << 20;

    private readonly CallFrameRow _row = new();
    private byte[]? _function;
    private int _bytesLeft;
    private ulong _last;
    private bool _lastMayLeave;

    /// <summary>Begins with another stack.</summary>
    public void Begin() => _bytesLeft = BytesPerStack;

    /// <summary>
    /// Whether a return address is that of a direct call of another function than the one whose caller is wanted: a known function, one that call frame information begins with, which is left by
    /// returning only.
    /// </summary>
    /// <param name="callee">An address in the function whose caller is wanted.</param>
    public bool Contradicts(ulong returnAddress, ulong callee, IMemorySource memory)
    {
        if (!rules.TryGetCallTarget(memory, returnAddress, out ulong target)
            || !code.TryFind(target, out CodeModule module)
            || !module.Rules.TryFindRow(unchecked(target - module.LoadBias), _row))
        {
            return false;
        }

        AddressRange function = new(unchecked(_row.Function.Start + module.LoadBias), unchecked(_row.Function.End + module.LoadBias));
        return function.Start == target && !function.Contains(callee) && !MayLeave(function, memory);
    }

    // A function that ends with a jump to another one leaves its own return address for that. So does one of which a compiler has moved a part elsewhere.
    private bool MayLeave(AddressRange function, IMemorySource memory)
    {
        if (function.Start == _last)
        {
            return _lastMayLeave;
        }

        if (function.Length > LongestFunction || (ulong)_bytesLeft < function.Length)
        {
            return true;
        }

        _function ??= new byte[LongestFunction];
        Span<byte> bytes = _function.AsSpan(0, (int)function.Length);
        _bytesLeft -= bytes.Length;
        _last = function.Start;
        _lastMayLeave = memory.Read(function.Start, bytes) != bytes.Length || rules.MayLeave(bytes, function, code);
        return _lastMayLeave;
    }
}
