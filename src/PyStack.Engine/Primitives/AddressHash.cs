using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace PyStack.Engine.Primitives;

/// <summary>
/// The hash of every table whose keys are words that a target has chosen: two multiplications by random odd numbers with a shift between them. With a fixed hash a hostile
/// target puts all of its addresses into one bucket, and each search examines all of them.
/// </summary>
internal static class AddressHash
{
    private static readonly ulong First = RandomOdd();
    private static readonly ulong Second = RandomOdd();

    /// <summary>A bucket of a table that has a power of two of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Bucket(ulong key, int mask) => (int)Of(key) & mask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Of(ulong key)
    {
        ulong mixed = key * First;
        mixed ^= mixed >> 32;
        return (uint)((mixed * Second) >> 32);
    }

    /// <summary>The same for the framework's dictionaries and sets: an integer is its own hash there, with which everyone can make collisions.</summary>
    public static IEqualityComparer<ulong> Comparer { get; } = new AddressComparer();

    private static ulong RandomOdd() => (ulong)Random.Shared.NextInt64() | 0x4000_0000_0000_0001;

    private sealed class AddressComparer : IEqualityComparer<ulong>
    {
        public bool Equals(ulong x, ulong y) => x == y;

        public int GetHashCode(ulong obj) => (int)Of(obj);
    }
}
