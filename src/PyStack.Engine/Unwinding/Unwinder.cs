using System;
using System.Collections.Generic;
using PyStack.Engine.Dwarf.CallFrames;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;

namespace PyStack.Engine.Unwinding;

/// <summary>
/// Walks native stacks from the registers of a thread and a copy of its stack: by call frame information, without it by frame pointers, and where these
/// lead nowhere by a bounded search for a return address.
/// </summary>
/// <param name="codeMask">The bits of an address of code; what the processor mixes into the others is left out of return addresses.</param>
internal sealed class Unwinder(ProcessorRules rules, ulong codeMask, ICodeMap code, Limits limits)
{
    /// <summary>Words of the stack that are searched for a return address.</summary>
    private const int MaxScan = 1024;

    /// <summary>Steps by rules that must be possible from a guess on, unless it reaches the outermost frame before.</summary>
    private const int RequiredCfiSteps = 6;

    private readonly CallFrameRow _row = new();
    private readonly RuleCache _cache = new(rules.Processor, codeMask);
    private readonly Processor _processor = rules.Processor;
    private readonly CallEvidence _evidence = new(rules, code);
    private readonly ILeafCallers? _leafCallers = rules.NewLeafCallers(codeMask, code);

    /// <summary>Walks one stack.</summary>
    /// <param name="start">The registers of the thread; without stack and instruction pointer there is no frame.</param>
    /// <param name="memory">The thread's stack, and code.</param>
    /// <param name="frames">Gets the frames, innermost first.</param>
    /// <param name="most">How many there may be, if fewer than the limit of one thread.</param>
    public UnwindEnd Unwind(in RegisterSet start, IMemorySource memory, List<UnwoundFrame> frames, int most = int.MaxValue)
    {
        RegisterSet registers = start;
        bool isReturnAddress = false;
        _evidence.Begin();
        most = Math.Min(most, limits.NativeFramesPerThread);
        FrameSource source = FrameSource.Registers;
        for (int depth = 0; depth < most; depth++)
        {
            if (!registers.TryGet(_processor.InstructionPointer, out ulong instruction)
                || !registers.TryGet(_processor.StackPointer, out ulong stackPointer))
            {
                return UnwindEnd.UnknownRegister;
            }

            ulong lookup = isReturnAddress ? unchecked(instruction - 1) : instruction;
            Step step = StepOut(lookup, isReturnAddress, depth == 0, memory, ref registers);
            frames.Add(new UnwoundFrame(instruction, isReturnAddress, step.Cfa, step.IsSignalFrame, source));
            if (step.End is UnwindEnd end)
            {
                return end;
            }

            // Each caller is further outside, except one that a signal interrupted: it may be on another stack. A function without a frame of
            // its own has the stack pointer of its caller; only one that made no call can be such.
            _ = registers.TryGet(_processor.StackPointer, out ulong outer);
            bool isForward = outer > stackPointer || (outer == stackPointer && !isReturnAddress);
            if (!step.IsSignalFrame && !isForward)
            {
                return UnwindEnd.NoProgress;
            }

            isReturnAddress = !step.IsSignalFrame;
            source = step.Source;
        }

        return UnwindEnd.Limit;
    }

    /// <summary>Adds the register with the return address to those of a thread that was not stopped, where its innermost function has no frame and it can be found.</summary>
    public void AddLinkRegister(ref RegisterSet registers, IMemorySource memory)
    {
        RegisterSet caller = registers;
        if (registers.TryGet(_processor.InstructionPointer, out ulong instruction) && TryStepByRules(instruction, memory, ref caller, out Step step) && step.End == UnwindEnd.UnknownRegister)
        {
            _ = TryFindLinkRegister(instruction, memory, ref registers);
        }
    }

    /// <summary>Forgets the rules of addresses that were met.</summary>
    public void ForgetRules()
    {
        _cache.Clear();
        _leafCallers?.Clear();
    }

    private Step StepOut(ulong lookup, bool isReturnAddress, bool isInnermost, IMemorySource memory, ref RegisterSet registers)
    {
        if (TryStepByRules(lookup, memory, ref registers, out Step step) && step.End != UnwindEnd.UnknownRegister)
        {
            return step;
        }

        if (step.End == UnwindEnd.UnknownRegister)
        {
            if (isInnermost && TryStepOutOfUnknownLeaf(lookup, memory, ref registers, out Step leaf))
            {
                return leaf;
            }

            return TryFindFramePointer(lookup, memory, ref registers, out FrameSource source) && TryStepByRules(lookup, memory, ref registers, out Step found)
                ? found with { Source = source }
                : step;
        }

        if (rules.TryStepOutOfSignal(memory, ref registers))
        {
            return new Step(0, null, IsSignalFrame: true, FrameSource.CallFrameInformation);
        }

        return isReturnAddress && TryStepOutOfPerfTrampoline(memory, ref registers, out step) ? step : Guess(lookup, isReturnAddress, isInnermost, memory, ref registers);
    }

    // A function without a frame whose return address is in a register that is not known. What the code and the record of its caller say is as certain as rules.
    private bool TryStepOutOfUnknownLeaf(ulong lookup, IMemorySource memory, ref RegisterSet registers, out Step step)
    {
        step = default;
        return TryFindLinkRegister(lookup, memory, ref registers) && TryStepByRules(lookup, memory, ref registers, out step);
    }

    // By the row of the function, which was just read.
    private bool TryFindLinkRegister(ulong instruction, IMemorySource memory, ref RegisterSet registers)
    {
        if (_leafCallers is null || !code.TryFind(instruction, out CodeModule module) || !_leafCallers.TryFind(module, _row, memory, registers, out ulong returnAddress))
        {
            return false;
        }

        registers.Set(_processor.LinkRegister!.Value, returnAddress);
        return true;
    }

    // What its instructions say is as certain as rules.
    private bool TryStepOutOfPerfTrampoline(IMemorySource memory, ref RegisterSet registers, out Step step)
    {
        RegisterSet caller = registers;
        step = default;
        if (!rules.TryStepOutOfPerfTrampoline(memory, ref caller)
            || !caller.TryGet(_processor.InstructionPointer, out ulong address)
            || !caller.TryGet(_processor.StackPointer, out ulong cfa)
            || !IsReturnAddress(address, memory))
        {
            return false;
        }

        registers = caller;
        registers.Set(_processor.InstructionPointer, address & codeMask);
        step = new Step(cfa, null, IsSignalFrame: false, FrameSource.CallFrameInformation);
        return true;
    }

    // False where there are no rules.
    private bool TryStepByRules(ulong lookup, IMemorySource memory, ref RegisterSet registers, out Step step)
    {
        if (_cache.TryStep(lookup, memory, ref registers, out ulong cfa, out bool isLast))
        {
            step = new Step(cfa, isLast ? UnwindEnd.Complete : null, IsSignalFrame: false, FrameSource.CallFrameInformation);
            return true;
        }

        step = default;
        if (!code.TryFind(lookup, out CodeModule module) || !module.Rules.TryFindRow(unchecked(lookup - module.LoadBias), _row))
        {
            return false;
        }

        bool isSignalFrame = _row.IsSignalFrame;
        _cache.Add(lookup, _row);
        UnwindEnd end = RowStep.TryStep(_processor, codeMask, _row, memory, ref registers, out cfa, out ulong? returnAddress);
        bool isEnd = end != UnwindEnd.Complete || returnAddress is null or 0;
        step = new Step(cfa, isEnd ? end : null, isSignalFrame, FrameSource.CallFrameInformation);
        return true;
    }

    // Whether a walk that continues from here with rules only makes progress, and meets nothing but calls of the functions that it comes from: a guess must be confirmed.
    private bool CanUnwindFrom(RegisterSet registers, IMemorySource memory)
    {
        for (int i = 0; i < RequiredCfiSteps; i++)
        {
            if (!registers.TryGet(_processor.InstructionPointer, out ulong instruction)
                || !registers.TryGet(_processor.StackPointer, out ulong before)
                || !TryStepByRules(instruction - 1, memory, ref registers, out Step step))
            {
                return false;
            }

            if (step.End is UnwindEnd end)
            {
                return end == UnwindEnd.Complete;
            }

            if (!registers.TryGet(_processor.StackPointer, out ulong after) || (after <= before && !step.IsSignalFrame))
            {
                return false;
            }

            if (!step.IsSignalFrame && registers.TryGet(_processor.InstructionPointer, out ulong caller) && _evidence.Contradicts(caller, instruction - 1, memory))
            {
                return false;
            }
        }

        return true;
    }

    // A thread that was not stopped shows its stack pointer and not its frame pointer. If the rules need it, it is found by its target: the
    // caller's frame pointer and, after it, the address that the call of this function left.
    private bool TryFindFramePointer(ulong lookup, IMemorySource memory, ref RegisterSet registers, out FrameSource source)
    {
        source = FrameSource.FramePointer;
        if (registers.IsKnown(_processor.FramePointer)
            || _row.Cfa.Kind != CfaKind.Register
            || _row.Cfa.Register != _processor.FramePointer
            || !code.TryFind(lookup, out CodeModule module)
            || !registers.TryGet(_processor.StackPointer, out ulong slot))
        {
            return false;
        }

        // Where the two are is in the rules: libffi keeps them at the upper end of a larger frame.
        RegisterRule saved = _row.RuleOf(_processor.FramePointer);
        bool isRuled = saved.Kind == RegisterRuleKind.Offset && _row.RuleOf(_row.ReturnAddressRegister) is { Kind: RegisterRuleKind.Offset } ruled && ruled.Operand == saved.Operand + sizeof(ulong);

        AddressRange function = new(unchecked(_row.Function.Start + module.LoadBias), unchecked(_row.Function.End + module.LoadBias));
        ulong cfaOffset = (ulong)_row.Cfa.Operand;
        ulong guess = 0;
        slot = (slot + sizeof(ulong) - 1) & ~(ulong)(sizeof(ulong) - 1);
        for (int i = 0; i < MaxScan && memory.TryReadPointer(slot, out ulong outer); i++, slot += sizeof(ulong))
        {
            if (outer <= slot || !memory.TryReadPointer(slot + sizeof(ulong), out ulong address) || !IsReturnAddress(address, memory) || function.Contains(address) || _evidence.Contradicts(address & codeMask, lookup, memory))
            {
                continue;
            }

            RegisterSet caller = default;
            ulong framePointer = isRuled ? unchecked(slot - (ulong)saved.Operand - cfaOffset) : unchecked(slot - (ulong)rules.FrameRecord);
            Leave(framePointer + cfaOffset, address & codeMask, ref caller);
            caller.Set(_processor.FramePointer, outer);
            if (!CanUnwindFrom(caller, memory))
            {
                continue;
            }

            guess = guess == 0 ? framePointer : guess;
            if (rules.TryGetCallTarget(memory, address & codeMask, out ulong target) && target == function.Start)
            {
                registers.Set(_processor.FramePointer, framePointer);
                return true;
            }
        }

        source = FrameSource.Scan;
        registers.Set(_processor.FramePointer, guess);
        return guess != 0;
    }

    private Step Guess(ulong lookup, bool isReturnAddress, bool isInnermost, IMemorySource memory, ref RegisterSet registers)
    {
        _ = registers.TryGet(_processor.StackPointer, out ulong stackPointer);

        // A function that has not begun, or has no frame (a PLT entry, code in assembly): its return address is where the call left it.
        if (isInnermost && !isReturnAddress && TryStepOutOfLeaf(lookup, stackPointer, memory, ref registers))
        {
            return new Step(stackPointer, null, IsSignalFrame: false, FrameSource.FramePointer);
        }

        if (registers.TryGet(_processor.FramePointer, out ulong framePointer)
            && unchecked(framePointer + (ulong)rules.FrameRecord) is var record
            && record >= stackPointer
            && memory.TryReadPointer(record, out ulong outer)
            && memory.TryReadPointer(record + sizeof(ulong), out ulong address)
            && outer > framePointer
            && IsReturnAddress(address, memory)
            && !_evidence.Contradicts(address & codeMask, lookup, memory))
        {
            RegisterSet caller = default;
            Leave(record + (2 * sizeof(ulong)), address & codeMask, ref caller);
            caller.Set(_processor.FramePointer, outer);
            if (CanUnwindFrom(caller, memory))
            {
                registers = caller;
                return new Step(record + (2 * sizeof(ulong)), null, IsSignalFrame: false, FrameSource.FramePointer);
            }
        }

        return Scan(lookup, stackPointer, memory, ref registers);
    }

    private Step Scan(ulong lookup, ulong stackPointer, IMemorySource memory, ref RegisterSet registers)
    {
        ulong slot = (stackPointer + sizeof(ulong) - 1) & ~(ulong)(sizeof(ulong) - 1);
        for (int i = 0; i < MaxScan && memory.TryReadPointer(slot, out ulong address); i++, slot += sizeof(ulong))
        {
            if (!IsReturnAddress(address, memory) || _evidence.Contradicts(address & codeMask, lookup, memory))
            {
                continue;
            }

            RegisterSet caller = default;
            Leave(slot + sizeof(ulong), address & codeMask, ref caller);
            if (CanUnwindFrom(caller, memory) || TrySavedFramePointer(registers, stackPointer, slot, memory, ref caller))
            {
                registers = caller;
                return new Step(slot + sizeof(ulong), null, IsSignalFrame: false, FrameSource.Scan);
            }
        }

        return new Step(0, UnwindEnd.NoRules, IsSignalFrame: false, FrameSource.Scan);
    }

    // The caller's rules may need its frame pointer: code that was skipped by a search either did not change it or has saved it on its part of the stack.
    private bool TrySavedFramePointer(in RegisterSet registers, ulong start, ulong end, IMemorySource memory, ref RegisterSet caller)
    {
        int framePointer = _processor.FramePointer;
        if (!caller.TryGet(_processor.InstructionPointer, out ulong instruction)
            || !code.TryFind(instruction - 1, out CodeModule module)
            || !module.Rules.TryFindRow(unchecked(instruction - 1 - module.LoadBias), _row)
            || _row.Cfa.Kind != CfaKind.Register
            || _row.Cfa.Register != framePointer)
        {
            return false;
        }

        bool isKept = registers.TryGet(framePointer, out ulong value);
        for (ulong slot = start; ; slot += sizeof(ulong))
        {
            if (isKept && value > end && value % sizeof(ulong) == 0)
            {
                caller.Set(framePointer, value);
                if (CanUnwindFrom(caller, memory))
                {
                    return true;
                }
            }

            if (slot >= end || !memory.TryReadPointer(slot, out value))
            {
                caller.Forget(framePointer);
                return false;
            }

            isKept = true;
        }
    }

    private bool TryStepOutOfLeaf(ulong lookup, ulong stackPointer, IMemorySource memory, ref RegisterSet registers)
    {
        if (_processor.LinkRegister is int link)
        {
            if (registers.TryGet(link, out ulong linked) && IsReturnAddress(linked, memory) && !_evidence.Contradicts(linked & codeMask, lookup, memory))
            {
                registers.Set(_processor.InstructionPointer, linked & codeMask);
                registers.Forget(link);
                return true;
            }

            return false;
        }

        if (!memory.TryReadPointer(stackPointer, out ulong address) || !IsReturnAddress(address, memory) || _evidence.Contradicts(address & codeMask, lookup, memory))
        {
            return false;
        }

        // Callee-saved registers still hold what the caller put there.
        registers.KeepOnly(_processor.CalleeSaved);
        registers.Set(_processor.StackPointer, stackPointer + sizeof(ulong));
        registers.Set(_processor.InstructionPointer, address);
        return true;
    }

    private void Leave(ulong stackPointer, ulong instruction, ref RegisterSet registers)
    {
        registers.KeepOnly(0);
        registers.Set(_processor.StackPointer, stackPointer);
        registers.Set(_processor.InstructionPointer, instruction);
    }

    private bool IsReturnAddress(ulong address, IMemorySource memory)
    {
        ulong stripped = address & codeMask;
        return stripped != 0 && code.TryFind(stripped - 1, out _) && rules.IsAfterCall(memory, stripped);
    }

    /// <param name="End">Why there is no caller; null if there is one.</param>
    private readonly record struct Step(ulong Cfa, UnwindEnd? End, bool IsSignalFrame, FrameSource Source);
}
