using System;
using PyStack.Engine.Native;

namespace PyStack.Engine.Profiling;

/// <summary>
/// The places where the address of a thread's innermost frame was. In 3.11 and 3.12 each call of Python by C has one of its own on the C stack, and the thread state tells which of them counts: all of them are read with
/// each sample. To read only the last one would leave out calls that are short.
/// </summary>
/// <param name="maxGap">Places that are not further apart are one piece.</param>
internal sealed class HeadPlaces(ulong maxGap)
{
    /// <summary>So many are known at a time, those that were added last.</summary>
    private const int Max = 8;

    private readonly ulong[] _places = new ulong[Max];
    private readonly IoVector[] _pieces = new IoVector[Max];
    private int _count;
    private int _pieceCount;

    /// <summary>What is read, in the order of the addresses.</summary>
    public ReadOnlySpan<IoVector> Pieces => _pieces.AsSpan(0, _pieceCount);

    /// <summary>The bytes of all pieces.</summary>
    public int Length { get; private set; }

    public void Clear() => (_count, _pieceCount, Length) = (0, 0, 0);

    public void Add(ulong place)
    {
        if (Find(place) is not null)
        {
            return;
        }

        _places.AsSpan(0, Max - 1).CopyTo(_places.AsSpan(1));
        _places[0] = place;
        _count = Math.Min(_count + 1, Max);
        Span<ulong> sorted = stackalloc ulong[Max];
        _places.AsSpan(0, _count).CopyTo(sorted);
        sorted[.._count].Sort();
        (_pieceCount, Length) = (0, 0);
        foreach (ulong one in sorted[.._count])
        {
            ref IoVector last = ref _pieces[Math.Max(0, _pieceCount - 1)];
            if (_pieceCount > 0 && one - (last.Base + last.Length) <= maxGap)
            {
                last.Length = (nuint)one + sizeof(ulong) - last.Base;
            }
            else
            {
                _pieces[_pieceCount++] = new IoVector { Base = (nuint)one, Length = sizeof(ulong) };
            }
        }

        foreach (IoVector piece in Pieces)
        {
            Length += (int)piece.Length;
        }
    }

    /// <summary>Where a place is among the bytes of all pieces; null if it is in none.</summary>
    public int? Find(ulong place)
    {
        int offset = 0;
        foreach (IoVector piece in Pieces)
        {
            if (place >= piece.Base && place - piece.Base + sizeof(ulong) <= piece.Length)
            {
                return offset + (int)(place - piece.Base);
            }

            offset += (int)piece.Length;
        }

        return null;
    }
}
