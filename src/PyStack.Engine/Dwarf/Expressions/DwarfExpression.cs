using System;
using System.Runtime.CompilerServices;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.Expressions;

/// <summary>
/// Computes a DWARF expression (DWARF 5, 2.5): what call frame information uses for PLT entries, signal trampolines and stacks that are
/// aligned again. Steps and stack are bounded; any error in it makes it fail.
/// </summary>
internal static class DwarfExpression
{
    private const int MaxSteps = 4096;
    private const int MaxDepth = 64;

    // DWARF 5, 7.7.1, table 7.9.
    private const byte Addr = 0x03;
    private const byte Deref = 0x06;
    private const byte Const1u = 0x08;
    private const byte Const1s = 0x09;
    private const byte Const2u = 0x0a;
    private const byte Const2s = 0x0b;
    private const byte Const4u = 0x0c;
    private const byte Const4s = 0x0d;
    private const byte Const8u = 0x0e;
    private const byte Const8s = 0x0f;
    private const byte ConstU = 0x10;
    private const byte ConstS = 0x11;
    private const byte Dup = 0x12;
    private const byte Drop = 0x13;
    private const byte Over = 0x14;
    private const byte Pick = 0x15;
    private const byte Swap = 0x16;
    private const byte Rot = 0x17;
    private const byte Abs = 0x19;
    private const byte And = 0x1a;
    private const byte Div = 0x1b;
    private const byte Minus = 0x1c;
    private const byte Mod = 0x1d;
    private const byte Mul = 0x1e;
    private const byte Neg = 0x1f;
    private const byte Not = 0x20;
    private const byte Or = 0x21;
    private const byte Plus = 0x22;
    private const byte PlusUconst = 0x23;
    private const byte Shl = 0x24;
    private const byte Shr = 0x25;
    private const byte Shra = 0x26;
    private const byte Xor = 0x27;
    private const byte Bra = 0x28;
    private const byte Eq = 0x29;
    private const byte Ge = 0x2a;
    private const byte Gt = 0x2b;
    private const byte Le = 0x2c;
    private const byte Lt = 0x2d;
    private const byte Ne = 0x2e;
    private const byte Skip = 0x2f;
    private const byte Lit0 = 0x30;
    private const byte Reg0 = 0x50;
    private const byte Breg0 = 0x70;
    private const byte Bregx = 0x92;
    private const byte DerefSize = 0x94;
    private const byte Nop = 0x96;

    /// <summary>Computes an expression.</summary>
    /// <param name="initial">What is on the stack at first: the CFA for the rule of a register; null for that of the CFA itself.</param>
    public static bool TryEvaluate<TContext>(ReadOnlySpan<byte> expression, ulong? initial, ref TContext context, out ulong value)
        where TContext : IExpressionContext, allows ref struct
    {
        value = 0;
        Stack stack = default;
        if (initial is ulong first)
        {
            stack.Push(first);
        }

        ByteCursor cursor = new(expression);
        for (int step = 0; !cursor.IsAtEnd; step++)
        {
            if (step == MaxSteps || !cursor.TryReadByte(out byte operation) || !TryStep(operation, ref cursor, ref stack, ref context) || stack.IsBroken)
            {
                return false;
            }
        }

        value = stack.Pop();
        return !stack.IsBroken;
    }

    private static bool TryStep<TContext>(byte operation, ref ByteCursor cursor, ref Stack stack, ref TContext context)
        where TContext : IExpressionContext, allows ref struct
    {
        if (operation is >= Lit0 and < Reg0)
        {
            return stack.Push((ulong)(operation - Lit0));
        }

        if (operation is >= Breg0 and < Breg0 + 32 || operation == Bregx)
        {
            ulong register = (ulong)(operation - Breg0);
            if ((operation == Bregx && !cursor.TryReadUleb128(out register))
                || !cursor.TryReadSleb128(out long offset)
                || register > int.MaxValue
                || !context.TryGetRegister((int)register, out ulong value))
            {
                return false;
            }

            stack.Push(unchecked(value + (ulong)offset));
            return true;
        }

        return operation switch
        {
            Addr or Const8u or Const8s => cursor.TryReadUInt64(out ulong value) && stack.Push(value),
            Const1u => cursor.TryReadByte(out byte value) && stack.Push(value),
            Const1s => cursor.TryReadSByte(out sbyte value) && stack.Push((ulong)value),
            Const2u => cursor.TryReadUInt16(out ushort value) && stack.Push(value),
            Const2s => cursor.TryReadInt16(out short value) && stack.Push((ulong)value),
            Const4u => cursor.TryReadUInt32(out uint value) && stack.Push(value),
            Const4s => cursor.TryReadInt32(out int value) && stack.Push((ulong)value),
            ConstU => cursor.TryReadUleb128(out ulong value) && stack.Push(value),
            ConstS => cursor.TryReadSleb128(out long value) && stack.Push((ulong)value),
            Dup => stack.Push(stack.Peek(0)),
            Drop => stack.Drop(),
            Over => stack.Push(stack.Peek(1)),
            Pick => cursor.TryReadByte(out byte index) && stack.Push(stack.Peek(index)),
            Swap => stack.Exchange(),
            Rot => stack.Rotate(),
            Deref => TryDereference(sizeof(ulong), ref stack, ref context),
            DerefSize => cursor.TryReadByte(out byte size) && TryDereference(size, ref stack, ref context),
            PlusUconst => cursor.TryReadUleb128(out ulong addend) && stack.Push(unchecked(stack.Pop() + addend)),
            Abs => stack.Push((ulong)Magnitude((long)stack.Pop())),
            Neg => stack.Push(unchecked(0 - stack.Pop())),
            Not => stack.Push(~stack.Pop()),
            Skip => cursor.TryReadInt16(out short distance) && TryJump(ref cursor, distance),
            Bra => cursor.TryReadInt16(out short distance) && (stack.Pop() == 0 || TryJump(ref cursor, distance)),
            Nop => true,
            _ => TryCombine(operation, ref stack),
        };
    }

    private static bool TryCombine(byte operation, ref Stack stack)
    {
        ulong right = stack.Pop();
        ulong left = stack.Pop();
        ulong? result = unchecked(operation switch
        {
            And => left & right,
            Or => left | right,
            Xor => left ^ right,
            Plus => left + right,
            Minus => left - right,
            Mul => left * right,
            Div => (long)right switch { 0 => null, -1 => 0 - left, _ => (ulong)((long)left / (long)right) },
            Mod => right == 0 ? null : left % right,
            Shl => right > 63 ? 0 : left << (int)right,
            Shr => right > 63 ? 0 : left >> (int)right,
            Shra => (ulong)((long)left >> (int)Math.Min(right, 63)),
            Eq => left == right ? 1UL : 0,
            Ne => left != right ? 1UL : 0,
            Ge => (long)left >= (long)right ? 1UL : 0,
            Gt => (long)left > (long)right ? 1UL : 0,
            Le => (long)left <= (long)right ? 1UL : 0,
            Lt => (long)left < (long)right ? 1UL : 0,
            _ => (ulong?)null,
        });
        return result is ulong value && stack.Push(value);
    }

    private static bool TryDereference<TContext>(int size, ref Stack stack, ref TContext context)
        where TContext : IExpressionContext, allows ref struct
        => size is >= 1 and <= sizeof(ulong) && context.TryReadMemory(stack.Pop(), size, out ulong value) && stack.Push(value);

    private static bool TryJump(ref ByteCursor cursor, short distance)
        => cursor.Position + distance >= 0 && cursor.TrySeek((ulong)(cursor.Position + distance));

    private static long Magnitude(long value) => value < 0 ? unchecked(-value) : value;

    /// <summary>The stack of values. An underflow or overflow makes the whole expression fail.</summary>
    private struct Stack
    {
        private Values _values;
        private int _count;

        public bool IsBroken { get; private set; }

        public bool Push(ulong value)
        {
            IsBroken |= _count == MaxDepth;
            if (!IsBroken)
            {
                _values[_count++] = value;
            }

            return !IsBroken;
        }

        public ulong Pop()
        {
            IsBroken |= _count == 0;
            return IsBroken ? 0 : _values[--_count];
        }

        public ulong Peek(int depth)
        {
            IsBroken |= depth >= _count;
            return IsBroken ? 0 : _values[_count - 1 - depth];
        }

        public bool Drop()
        {
            _ = Pop();
            return !IsBroken;
        }

        public bool Exchange()
        {
            ulong top = Pop();
            ulong below = Pop();
            return Push(top) && Push(below);
        }

        public bool Rotate()
        {
            ulong first = Pop();
            ulong second = Pop();
            ulong third = Pop();
            return Push(first) && Push(third) && Push(second);
        }

        [InlineArray(MaxDepth)]
        private struct Values
        {
            private ulong _first;
        }
    }
}
