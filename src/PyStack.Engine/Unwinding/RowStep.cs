using System;
using System.Numerics;
using System.Runtime.InteropServices;
using PyStack.Engine.Dwarf.CallFrames;
using PyStack.Engine.Dwarf.Expressions;
using PyStack.Engine.Memory;
using PyStack.Engine.Processors;

namespace PyStack.Engine.Unwinding;

/// <summary>One step by call frame information: the registers of the caller from those of a frame and the row that holds there.</summary>
internal static class RowStep
{
    /// <summary>Computes the caller's registers.</summary>
    /// <param name="registers">Of the frame; of the caller after success.</param>
    /// <param name="codeMask">The bits of an address of code.</param>
    /// <param name="cfa">The canonical frame address.</param>
    /// <param name="returnAddress">Where the caller continues; null if the rules say that there is no caller.</param>
    /// <returns><see cref="UnwindEnd.Complete"/> if it could be done.</returns>
    public static UnwindEnd TryStep(
        Processor processor, ulong codeMask, CallFrameRow row, IMemorySource memory, ref RegisterSet registers, out ulong cfa, out ulong? returnAddress)
    {
        returnAddress = null;
        Context context = new(registers, memory);
        if (!TryGetCfa(row, ref context, out cfa))
        {
            return context.IsMissingMemory ? UnwindEnd.Unreadable : UnwindEnd.UnknownRegister;
        }

        // A register without a rule that is not callee-saved is unknown.
        RegisterSet caller = registers;
        caller.KeepOnly(processor.CalleeSaved | (processor.LinkRegister is int link ? 1UL << link : 0));
        caller.Set(processor.StackPointer, cfa);
        ulong ruled = row.State.Ruled;
        while (ruled != 0)
        {
            int register = BitOperations.TrailingZeroCount(ruled);
            ruled &= ruled - 1;
            Apply(row, register, cfa, ref context, ref caller);
        }

        int address = row.ReturnAddressRegister;
        if (row.RuleOf(address).Kind == RegisterRuleKind.Undefined)
        {
            registers = caller;
            return UnwindEnd.Complete;
        }

        if (!caller.TryGet(address, out ulong value))
        {
            return context.IsMissingMemory ? UnwindEnd.Unreadable : UnwindEnd.UnknownRegister;
        }

        returnAddress = value & codeMask;
        registers = caller;
        registers.Set(processor.InstructionPointer, returnAddress.Value);
        return UnwindEnd.Complete;
    }

    private static bool TryGetCfa(CallFrameRow row, ref Context context, out ulong cfa)
    {
        CfaRule rule = row.Cfa;
        switch (rule.Kind)
        {
            case CfaKind.Register:
                bool isKnown = context.TryGetRegister(rule.Register, out cfa);
                cfa = unchecked(cfa + (ulong)rule.Operand);
                return isKnown;
            case CfaKind.Expression:
                return DwarfExpression.TryEvaluate(row.ExpressionOf(rule.Operand), initial: null, ref context, out cfa);
            default:
                cfa = 0;
                return false;
        }
    }

    private static void Apply(CallFrameRow row, int register, ulong cfa, ref Context context, ref RegisterSet caller)
    {
        RegisterRule rule = row.RuleOf(register);
        ulong value = 0;
        bool isKnown = rule.Kind switch
        {
            RegisterRuleKind.SameValue => context.TryGetRegister(register, out value),
            RegisterRuleKind.Offset => context.TryReadMemory(unchecked(cfa + (ulong)rule.Operand), sizeof(ulong), out value),
            RegisterRuleKind.ValueOffset => Is(unchecked(cfa + (ulong)rule.Operand), out value),
            RegisterRuleKind.Register => context.TryGetRegister((int)rule.Operand, out value),
            RegisterRuleKind.Expression => DwarfExpression.TryEvaluate(row.ExpressionOf(rule.Operand), cfa, ref context, out ulong place)
                && context.TryReadMemory(place, sizeof(ulong), out value),
            RegisterRuleKind.ValueExpression => DwarfExpression.TryEvaluate(row.ExpressionOf(rule.Operand), cfa, ref context, out value),
            _ => false,
        };
        if (isKnown)
        {
            caller.Set(register, value);
        }
        else
        {
            caller.Forget(register);
        }
    }

    private static bool Is(ulong result, out ulong value)
    {
        value = result;
        return true;
    }

    private ref struct Context(RegisterSet registers, IMemorySource memory) : IExpressionContext
    {
        private readonly RegisterSet _registers = registers;

        public bool IsMissingMemory { get; private set; }

        public readonly bool TryGetRegister(int register, out ulong value) => _registers.TryGet(register, out value);

        public bool TryReadMemory(ulong address, int size, out ulong value)
        {
            value = 0;
            bool isRead = memory.TryRead(address, MemoryMarshal.AsBytes(new Span<ulong>(ref value))[..size]);
            IsMissingMemory |= !isRead;
            return isRead;
        }
    }
}
