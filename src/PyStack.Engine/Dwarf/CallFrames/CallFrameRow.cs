using System;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.CallFrames;

/// <summary>
/// One row of the call frame table (DWARF 5, 6.4.1): the rules that hold at one address. It is created once and reused,
/// so that looking up a row allocates nothing; expressions are copied into it, so that it stays valid without the file.
/// </summary>
internal sealed class CallFrameRow
{
    /// <summary>States that a program may remember at a time. Compilers nest one or two.</summary>
    private const int MaxRemembered = 64;

    /// <summary>Bytes of all expressions of one program. Real ones are of 2 to 12 bytes.</summary>
    private const int MaxExpressionBytes = 16_384;

    private RowState _state;
    private RowState _initial;
    private RowState[] _remembered = [];
    private int _rememberedCount;
    private byte[] _expressions = [];
    private int _expressionBytes;

    /// <summary>All rules.</summary>
    public ref RowState State => ref _state;

    /// <summary>The rule of the canonical frame address.</summary>
    public CfaRule Cfa => _state.Cfa;

    /// <summary>The DWARF register number of the return address.</summary>
    public int ReturnAddressRegister { get; set; }

    /// <summary>Whether the code is a signal trampoline, so that its caller was interrupted and did not call (augmentation <c>S</c>).</summary>
    public bool IsSignalFrame { get; set; }

    /// <summary>Whether the return address has a pointer authentication code (aarch64).</summary>
    public bool IsReturnAddressSigned => _state.IsReturnAddressSigned;

    /// <summary>The addresses that the whole entry covers, most often one function.</summary>
    public AddressRange Function { get; set; }

    /// <summary>The addresses that this row applies to.</summary>
    public AddressRange Range { get; set; }

    /// <summary>The rule of a register.</summary>
    public RegisterRule RuleOf(int register) => _state[register];

    /// <summary>The bytes of the expression that a rule's operand identifies.</summary>
    public ReadOnlySpan<byte> ExpressionOf(long operand)
    {
        int start = (int)(operand >> 32);
        int length = (int)operand;
        return (uint)start <= (uint)_expressionBytes && (uint)length <= (uint)(_expressionBytes - start)
            ? _expressions.AsSpan(start, length)
            : default;
    }

    /// <summary>Begins again, without any rule.</summary>
    public void Clear()
    {
        _state.Clear();
        _initial.Clear();
        _rememberedCount = 0;
        _expressionBytes = 0;
        ReturnAddressRegister = -1;
        IsSignalFrame = false;
        Function = default;
        Range = default;
    }

    /// <summary>Saves the rules of the CIE, which <c>DW_CFA_restore</c> restores.</summary>
    public void KeepInitial() => _initial = _state;

    /// <summary><c>DW_CFA_restore</c>: restores the CIE's rule of a register.</summary>
    public void Restore(ulong register)
    {
        if (register < RowState.Registers)
        {
            _state.Set(register, _initial[(int)register]);
        }
    }

    /// <summary><c>DW_CFA_remember_state</c>.</summary>
    public bool TryRemember()
    {
        if (_rememberedCount == _remembered.Length)
        {
            if (_rememberedCount == MaxRemembered)
            {
                return false;
            }

            Array.Resize(ref _remembered, Math.Max(4, _rememberedCount * 2));
        }

        _remembered[_rememberedCount++] = _state;
        return true;
    }

    /// <summary><c>DW_CFA_restore_state</c>.</summary>
    public bool TryRestoreState()
    {
        if (_rememberedCount == 0)
        {
            return false;
        }

        _state = _remembered[--_rememberedCount];
        return true;
    }

    /// <summary>Copies an expression and gives the operand that names it.</summary>
    public bool TryAddExpression(ReadOnlySpan<byte> expression, out long operand)
    {
        operand = 0;
        if (expression.Length > MaxExpressionBytes - _expressionBytes)
        {
            return false;
        }

        if (expression.Length > _expressions.Length - _expressionBytes)
        {
            Array.Resize(ref _expressions, Math.Max(256, (_expressionBytes + expression.Length) * 2));
        }

        expression.CopyTo(_expressions.AsSpan(_expressionBytes));
        operand = ((long)_expressionBytes << 32) | (uint)expression.Length;
        _expressionBytes += expression.Length;
        return true;
    }
}
