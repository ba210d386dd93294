using System.Runtime.CompilerServices;

namespace PyStack.Engine.Processors;

/// <summary>
/// The registers of one frame by their DWARF numbers, each either known or not: an unknown one is never 0.
/// </summary>
internal struct RegisterSet
{
    /// <summary>Enough for both processors: aarch64 has x0 to x30, sp (31) and pc (32); x86-64 has 16 and the return address (16).</summary>
    public const int Capacity = 33;

    private Values _values;
    private ulong _known;

    /// <summary>Whether a register's value is known. Numbers that we do not follow (vectors, flags) never are.</summary>
    public readonly bool IsKnown(int register) => (uint)register < Capacity && (_known >> register & 1) != 0;

    /// <summary>Gets a register; false where it is not known.</summary>
    public readonly bool TryGet(int register, out ulong value)
    {
        bool isKnown = IsKnown(register);
        value = isKnown ? _values[register] : 0;
        return isKnown;
    }

    /// <summary>Sets a register; numbers that we do not follow are left out.</summary>
    public void Set(int register, ulong value)
    {
        if ((uint)register < Capacity)
        {
            _values[register] = value;
            _known |= 1UL << register;
        }
    }

    /// <summary>Makes a register unknown.</summary>
    public void Forget(int register)
    {
        if ((uint)register < Capacity)
        {
            _known &= ~(1UL << register);
        }
    }

    /// <summary>Makes all registers unknown but those of a mask.</summary>
    public void KeepOnly(ulong mask) => _known &= mask;

    [InlineArray(Capacity)]
    private struct Values
    {
        private ulong _first;
    }
}
