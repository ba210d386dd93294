namespace PyStack.Engine.Dwarf.Expressions;

/// <summary>The input of an expression.</summary>
internal interface IExpressionContext
{
    /// <summary>The value of a register by its DWARF number; false where it is not known.</summary>
    bool TryGetRegister(int register, out ulong value);

    /// <summary>Reads 1 to 8 bytes of the target's memory as an unsigned number.</summary>
    bool TryReadMemory(ulong address, int size, out ulong value);
}
