using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using PyStack.Engine.Dwarf.CallFrames;
using PyStack.Engine.Memory;
using PyStack.Engine.Processors;

namespace PyStack.Engine.Unwinding;

/// <summary>
/// The rules of addresses that were met before, in the short form that nearly all rows have: the CFA is a register plus an offset, and registers were saved at
/// offsets from it. Direct-mapped: an address has one place, and the last one that came holds it.
/// </summary>
internal sealed class RuleCache(Processor processor, ulong codeMask)
{
    /// <summary>A prime, so that functions at regular distances do not share slots.</summary>
    private const int Slots = 1021;

    /// <summary>x86-64 has six callee-saved registers and the return address, aarch64 twelve.</summary>
    private const int MostSaved = 14;

    private readonly Rule[] _rules = new Rule[Slots];
    private readonly ulong _kept = processor.CalleeSaved | (processor.LinkRegister is int link ? 1UL << link : 0);

    /// <summary>Steps out of a frame whose rules are known.</summary>
    /// <param name="isLast">Whether the rules say that the frame has no caller.</param>
    /// <returns>False if they are not cached, or give no result: then the whole row must be read.</returns>
    public bool TryStep(ulong address, IMemorySource memory, ref RegisterSet registers, out ulong cfa, out bool isLast)
    {
        ref Rule rule = ref _rules[address % Slots];
        cfa = 0;
        isLast = false;
        if (rule.Address != address || !registers.TryGet(rule.CfaRegister, out cfa))
        {
            return false;
        }

        cfa = unchecked(cfa + (ulong)rule.CfaOffset);
        RegisterSet caller = registers;
        caller.KeepOnly(_kept);
        caller.Set(processor.StackPointer, cfa);
        ulong saved = rule.Saved;
        for (int i = 0; saved != 0; i++)
        {
            int register = BitOperations.TrailingZeroCount(saved);
            saved &= saved - 1;
            if (!memory.TryReadPointer(unchecked(cfa + (ulong)rule.Offsets[i]), out ulong value))
            {
                return false;
            }

            caller.Set(register, value);
        }

        if (!caller.TryGet(rule.ReturnAddressRegister, out ulong returnAddress))
        {
            return false;
        }

        returnAddress &= codeMask;
        caller.Set(processor.InstructionPointer, returnAddress);
        registers = caller;
        isLast = returnAddress == 0;
        return true;
    }

    /// <summary>Keeps the rules of an address if the short form can hold them.</summary>
    public void Add(ulong address, CallFrameRow row)
    {
        ulong ruled = row.State.Ruled;
        if (row.Cfa.Kind != CfaKind.Register || row.IsSignalFrame || row.Cfa.Operand is < int.MinValue or > int.MaxValue || BitOperations.PopCount(ruled) > MostSaved)
        {
            return;
        }

        Rule rule = new()
        {
            Address = address,
            CfaRegister = row.Cfa.Register,
            CfaOffset = (int)row.Cfa.Operand,
            ReturnAddressRegister = row.ReturnAddressRegister,
            Saved = ruled,
        };
        for (int i = 0; ruled != 0; i++)
        {
            int register = BitOperations.TrailingZeroCount(ruled);
            ruled &= ruled - 1;
            RegisterRule one = row.RuleOf(register);
            if (one.Kind != RegisterRuleKind.Offset || one.Operand is < int.MinValue or > int.MaxValue)
            {
                return;
            }

            rule.Offsets[i] = (int)one.Operand;
        }

        _rules[address % Slots] = rule;
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => Array.Clear(_rules);

    private struct Rule
    {
        public ulong Address;
        public ulong Saved;
        public int CfaRegister;
        public int CfaOffset;
        public int ReturnAddressRegister;
        public OffsetList Offsets;
    }

    [InlineArray(MostSaved)]
    private struct OffsetList
    {
        private int _first;
    }
}
