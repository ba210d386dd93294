using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace PyStack.Engine.Profiling.Native;

/// <summary>Writes instructions of BPF (RFC 9669), as far as they are needed here. All registers hold 64 bits.</summary>
internal sealed class BpfAssembler
{
    private readonly List<ulong> _code = [];
    private readonly Dictionary<string, int> _labels = [];
    private readonly List<(int At, string Label)> _jumps = [];

    /// <summary>The instruction set's registers: 0 has results, 1 to 5 are arguments, 6 to 9 survive calls.</summary>
    public BpfAssembler Set(int register, int value) => Add(0xb7, register, 0, 0, value);

    public BpfAssembler Set(int register, ulong value) => Add(0x18, register, 0, 0, (int)value).Add(0, 0, 0, 0, (int)(value >> 32));

    public BpfAssembler Move(int register, int from) => Add(0xbf, register, from, 0, 0);

    /// <summary>The address of the value of an array with one element (BPF_PSEUDO_MAP_VALUE).</summary>
    public BpfAssembler SetToArray(int register, int descriptor) => Add(0x18, register, 2, 0, descriptor).Add(0, 0, 0, 0, 0);

    public BpfAssembler Plus(int register, int value) => Add(0x07, register, 0, 0, value);

    public BpfAssembler PlusRegister(int register, int other) => Add(0x0f, register, other, 0, 0);

    public BpfAssembler Times(int register, int value) => Add(0x27, register, 0, 0, value);

    public BpfAssembler And(int register, int value) => Add(0x57, register, 0, 0, value);

    /// <summary>Loads 8 bytes.</summary>
    public BpfAssembler Load(int register, int address, int offset) => Add(0x79, register, address, offset, 0);

    /// <summary>Stores 8 bytes.</summary>
    public BpfAssembler Store(int address, int offset, int register) => Add(0x7b, address, register, offset, 0);

    public BpfAssembler Call(int function) => Add(0x85, 0, 0, 0, function);

    public BpfAssembler Exit() => Add(0x95, 0, 0, 0, 0);

    public BpfAssembler Label(string name)
    {
        _labels.Add(name, _code.Count);
        return this;
    }

    public BpfAssembler Jump(string label) => AddJump(0x05, 0, 0, label);

    public BpfAssembler JumpIfEqual(int register, int value, string label) => AddJump(0x15, register, value, label);

    public BpfAssembler JumpIfNotEqual(int register, int value, string label) => AddJump(0x55, register, value, label);

    public BpfAssembler JumpIfNotLess(int register, int value, string label) => AddJump(0x35, register, value, label);

    /// <summary>The program.</summary>
    public ReadOnlySpan<ulong> Finish()
    {
        Span<ulong> code = CollectionsMarshal.AsSpan(_code);
        foreach ((int at, string label) in _jumps)
        {
            code[at] |= (ulong)(ushort)(short)(_labels[label] - at - 1) << 16;
        }

        return code;
    }

    private BpfAssembler AddJump(byte operation, int register, int value, string label)
    {
        _jumps.Add((_code.Count, label));
        return Add(operation, register, 0, 0, value);
    }

    // struct bpf_insn: code, registers, offset, immediate value.
    private BpfAssembler Add(byte operation, int destination, int source, int offset, int value)
    {
        _code.Add(operation | ((ulong)destination << 8) | ((ulong)source << 12) | ((ulong)(ushort)(short)offset << 16) | ((ulong)(uint)value << 32));
        return this;
    }
}
