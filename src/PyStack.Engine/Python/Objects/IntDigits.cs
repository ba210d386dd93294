namespace PyStack.Engine.Python.Objects;

/// <summary>Where the digits of an int are, the lowest first: 30 bits in each 4 bytes.</summary>
/// <param name="Address">Of the lowest digit.</param>
/// <param name="Count">How many there are; 0 is the number 0.</param>
internal readonly record struct IntDigits(ulong Address, long Count, bool IsNegative)
{
    /// <summary>PyLong_SHIFT (longintrepr.h): bits in a digit, on every 64-bit platform.</summary>
    public const int Bits = 30;
}
