using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using PyStack.Engine.Dwarf.CallFrames;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;

namespace PyStack.Engine.Unwinding;

/// <summary>
/// The callers of functions of aarch64 that make a system call and have no frame: glibc's <c>__syscall_cancel_arch</c> (2.41 and later), in which nearly every thread sleeps. Their return address is in
/// x30 alone, and of a thread that was not stopped procfs shows the stack and instruction pointers.
/// </summary>
/// <remarks>
/// The function has not moved the stack pointer, so its caller's frame record is there: the outer frame pointer and the caller's own return address (AAPCS64, 6.4.6). A caller is a BL to the function,
/// in the same module, where the rules say that the record is at the stack pointer, and where the frame outside of it, whose size follows from the caller's, has its record where the frame pointer says.
/// What is called where the record's return address leads to must be the caller, or jump to it, where that can be seen: of several callers it tells the one.
/// </remarks>
internal sealed class Arm64LeafCallers(ProcessorRules rules, ulong codeMask, ICodeMap code) : ILeafCallers
{
    /// <summary>Bytes of code on either side of a function that are searched for calls of it; the code of a C library is 1.4 MB.</summary>
    private const ulong MaxDistance = 2 << 20;

    /// <summary>Functions whose calls are searched for. glibc has two that threads sleep in.</summary>
    private const int MaxFunctions = 16;

    /// <summary>Calls of one function that are looked at.</summary>
    private const int MaxCalls = 64;

    /// <summary>Bytes of a function that are searched for a jump to another one.</summary>
    private const ulong MaxJump = 1024;

    private const int Chunk = 4096;
    private const uint SupervisorCall = 0xd4000001;

    private readonly Dictionary<ulong, List<ulong>> _calls = new(AddressHash.Comparer);
    private readonly CallFrameRow _caller = new();
    private readonly CallFrameRow _outer = new();

    public bool TryFind(CodeModule module, CallFrameRow row, IMemorySource memory, in RegisterSet registers, out ulong returnAddress)
    {
        returnAddress = 0;
        Span<ulong> record = stackalloc ulong[2];
        if (registers.IsKnown(Arm64.X30)
            || row.Cfa is not { Kind: CfaKind.Register, Register: Arm64.Sp, Operand: 0 }
            || row.RuleOf(Arm64.X30).Kind is not (RegisterRuleKind.Unspecified or RegisterRuleKind.SameValue)
            || !registers.TryGet(Arm64.Pc, out ulong instruction)
            || !registers.TryGet(Arm64.Sp, out ulong stackPointer)
            || !memory.TryRead(instruction - sizeof(uint), out uint before)
            || before != SupervisorCall
            || !memory.TryRead(stackPointer, MemoryMarshal.AsBytes(record)))
        {
            return false;
        }

        ulong address = record[1] & codeMask;
        ulong named = rules.TryGetCallTarget(memory, address, out ulong target) ? target : 0;
        (int all, int byName) = (0, 0);
        foreach (ulong call in CallsOf(unchecked(row.Function.Start + module.LoadBias), module, memory))
        {
            if (!IsCaller(module, call, stackPointer, record[0], address))
            {
                continue;
            }

            ulong caller = unchecked(_caller.Function.Start + module.LoadBias);
            bool isNamed = named == caller;
            if (!isNamed && !CanJump(named, caller, memory))
            {
                continue;
            }

            all++;
            byName += isNamed ? 1 : 0;
            returnAddress = isNamed || all == 1 ? call : returnAddress;
        }

        return byName == 1 || (byName == 0 && all == 1);
    }

    public void Clear() => _calls.Clear();

    // Whether a thread that has returned to a call can have its record at the stack pointer.
    private bool IsCaller(CodeModule module, ulong call, ulong stackPointer, ulong outerFramePointer, ulong address)
    {
        if (!module.Rules.TryFindRow(unchecked(call - 1 - module.LoadBias), _caller)
            || _caller.Cfa is not { Kind: CfaKind.Register, Register: Arm64.Sp, Operand: >= 2 * sizeof(ulong) } size
            || _caller.RuleOf(Arm64.X29) != new RegisterRule(RegisterRuleKind.Offset, -size.Operand)
            || _caller.RuleOf(Arm64.X30) != new RegisterRule(RegisterRuleKind.Offset, sizeof(ulong) - size.Operand)
            || !code.TryFind(address - 1, out CodeModule outer))
        {
            return false;
        }

        ulong end = unchecked(stackPointer + (ulong)size.Operand);
        return !outer.Rules.TryFindRow(unchecked(address - 1 - outer.LoadBias), _outer)
            || _outer.Cfa is not { Kind: CfaKind.Register, Register: Arm64.Sp }
            || _outer.RuleOf(Arm64.X29) is not { Kind: RegisterRuleKind.Offset } saved
            || unchecked(end + (ulong)(_outer.Cfa.Operand + saved.Operand)) == outerFramePointer;
    }

    // glibc's read jumps to what makes the system call. What is called by its address in a register, or by a procedure linkage table, which has no rules, may lead anywhere.
    private bool CanJump(ulong from, ulong to, IMemorySource memory)
    {
        if (from == 0
            || !code.TryFind(from, out CodeModule module)
            || !module.Rules.TryFindRow(unchecked(from - module.LoadBias), _outer)
            || unchecked(_outer.Function.Start + module.LoadBias) != from)
        {
            return true;
        }

        ulong end = from + Math.Min(_outer.Function.Length, MaxJump);
        for (ulong address = from; address < end && memory.TryRead(address, out uint word); address += sizeof(uint))
        {
            if (Arm64Rules.TryGetBranchTarget(word, Arm64Rules.Branch, address, out ulong target) && target == to)
            {
                return true;
            }
        }

        return false;
    }

    // The addresses after the calls of a function; of one with more calls than are looked at none.
    private List<ulong> CallsOf(ulong function, CodeModule module, IMemorySource memory)
    {
        if (_calls.TryGetValue(function, out List<ulong>? calls))
        {
            return calls;
        }

        calls = [];
        if (_calls.Count < MaxFunctions)
        {
            Search(function, module, memory, calls);
            _calls.Add(function, calls);
        }

        return calls;
    }

    private void Search(ulong function, CodeModule module, IMemorySource memory, List<ulong> calls)
    {
        Span<uint> words = stackalloc uint[Chunk / sizeof(uint)];
        ulong end = Math.Min(module.Range.End, function + MaxDistance);
        for (ulong chunk = Math.Max(module.Range.Start, function - Math.Min(function, MaxDistance)) & ~(Chunk - 1UL); chunk < end; chunk += Chunk)
        {
            if (!code.IsExecutable(chunk) || !memory.TryRead(chunk, MemoryMarshal.AsBytes(words)))
            {
                continue;
            }

            for (int i = 0; i < words.Length; i++)
            {
                ulong address = chunk + (ulong)(i * sizeof(uint));
                if (!Arm64Rules.TryGetBranchTarget(words[i], Arm64Rules.BranchWithLink, address, out ulong target) || target != function)
                {
                    continue;
                }

                if (calls.Count == MaxCalls)
                {
                    calls.Clear();
                    return;
                }

                calls.Add(address + sizeof(uint));
            }
        }
    }
}
