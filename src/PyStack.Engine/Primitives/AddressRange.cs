namespace PyStack.Engine.Primitives;

/// <summary>A half-open range of addresses of a target: <c>[Start, End)</c>.</summary>
internal readonly record struct AddressRange(ulong Start, ulong End)
{
    public ulong Length => End - Start;

    /// <summary>
    /// The range of <paramref name="length"/> bytes from <paramref name="start"/>. Where a hostile length would wrap around, it
    /// ends with the address space.
    /// </summary>
    public static AddressRange OfLength(ulong start, ulong length)
        => new(start, length > ulong.MaxValue - start ? ulong.MaxValue : start + length);

    public bool Contains(ulong address) => address >= Start && address < End;

    /// <summary>Whether all <paramref name="length"/> bytes at <paramref name="address"/> are inside.</summary>
    public bool Contains(ulong address, ulong length) => address >= Start && address <= End && length <= End - address;

    public override string ToString() => $"0x{Start:x}-0x{End:x}";
}
