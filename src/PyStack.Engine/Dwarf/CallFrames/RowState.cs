using System.Runtime.CompilerServices;

namespace PyStack.Engine.Dwarf.CallFrames;

/// <summary>The state of a call frame program, which <c>DW_CFA_remember_state</c> saves: all rules of one row.</summary>
internal struct RowState
{
    /// <summary>
    /// Registers whose rules are kept: the general ones, the stack pointer and the program counter or return address of both processors
    /// (System V ABI for x86-64, figure 3.36: 0 to 16; DWARF for the Arm 64-bit architecture: 0 to 32).
    /// </summary>
    public const int Registers = 33;

    private Rules _rules;

    /// <summary>The rule of the canonical frame address.</summary>
    public CfaRule Cfa { get; set; }

    /// <summary>A bit for each register that has a rule.</summary>
    public ulong Ruled { get; private set; }

    /// <summary>Whether the return address has a pointer authentication code (aarch64, RA_SIGN_STATE).</summary>
    public bool IsReturnAddressSigned { get; set; }

    /// <summary>The rule of a register; registers that are not kept have none.</summary>
    public readonly RegisterRule this[int register]
        => (uint)register < Registers && (Ruled >> register & 1) != 0 ? _rules[register] : default;

    /// <summary>Sets the rule of a register; those that are not kept (vectors) are left out.</summary>
    public void Set(ulong register, RegisterRuleKind kind, long operand) => Set(register, new RegisterRule(kind, operand));

    /// <inheritdoc cref="Set(ulong, RegisterRuleKind, long)"/>
    public void Set(ulong register, RegisterRule rule)
    {
        if (register < Registers)
        {
            ulong bit = 1UL << (int)register;
            _rules[(int)register] = rule;
            Ruled = rule.Kind == RegisterRuleKind.Unspecified ? Ruled & ~bit : Ruled | bit;
        }
    }

    /// <summary>Begins again, without any rule. The content of the array has no meaning then.</summary>
    public void Clear()
    {
        Cfa = default;
        Ruled = 0;
        IsReturnAddressSigned = false;
    }

    [InlineArray(Registers)]
    private struct Rules
    {
        private RegisterRule _first;
    }
}
