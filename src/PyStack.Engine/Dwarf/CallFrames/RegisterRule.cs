namespace PyStack.Engine.Dwarf.CallFrames;

/// <summary>How the caller's value of one register is found (DWARF 5, 6.4.1).</summary>
internal enum RegisterRuleKind : byte
{
    /// <summary>The table says nothing: then the processor's calling convention decides.</summary>
    Unspecified,

    /// <summary>The value is lost. Of the return address: the frame has no caller.</summary>
    Undefined,

    /// <summary>The register still holds it.</summary>
    SameValue,

    /// <summary>It was saved at CFA + operand.</summary>
    Offset,

    /// <summary>It is CFA + operand.</summary>
    ValueOffset,

    /// <summary>Another register, the operand, holds it.</summary>
    Register,

    /// <summary>It was saved at the address that an expression gives.</summary>
    Expression,

    /// <summary>It is what an expression gives.</summary>
    ValueExpression,
}

/// <summary>The rule of one register.</summary>
/// <param name="Kind">Which of the rules it is.</param>
/// <param name="Operand">An offset in bytes, a register, or what <see cref="CallFrameRow.ExpressionOf"/> takes.</param>
internal readonly record struct RegisterRule(RegisterRuleKind Kind, long Operand);

/// <summary>How the canonical frame address is found (DWARF 5, 6.4.1).</summary>
internal enum CfaKind : byte
{
    /// <summary>The table did not say it.</summary>
    None,

    /// <summary>A register plus an offset in bytes.</summary>
    Register,

    /// <summary>What an expression gives.</summary>
    Expression,
}

/// <summary>The rule of the canonical frame address.</summary>
/// <param name="Kind">Which of the two rules it is.</param>
/// <param name="Register">The register's DWARF number, of the first kind.</param>
/// <param name="Operand">The offset, or what <see cref="CallFrameRow.ExpressionOf"/> takes.</param>
internal readonly record struct CfaRule(CfaKind Kind, int Register, long Operand);
