using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Tests.Python;

/// <summary>A recorded process with some of the bytes changed that a capture looks at: cycles, wild pointers, absurd lengths.</summary>
internal sealed class MutatedMemory : IMemorySource
{
    private static readonly ulong[] Absurd =
    [
        0, 1, 7, 0x7f, 0xff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000,
        0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff_fff8, 0x7fff_ffff_f000, 0x0000_8000_0000_0000, 0xffff_8000_0000_0000,
    ];

    private readonly RecordedProcess _recorded;
    private readonly Dictionary<ulong, byte[]?> _changed = [];
    private readonly Random _random;
    private readonly List<string> _changes = [];

    public MutatedMemory(RecordedProcess recorded, int seed)
    {
        _recorded = recorded;
        _random = new Random(seed);
        int count = 1 << _random.Next(5);
        for (int i = 0; i < count; i++)
        {
            Mutate();
        }
    }

    /// <summary>Changes certain words only.</summary>
    public MutatedMemory(RecordedProcess recorded, (ulong Address, ulong Value)[] words)
    {
        _recorded = recorded;
        _random = new Random(0);
        foreach ((ulong address, ulong value) in words)
        {
            Write(address, value);
        }
    }

    /// <summary>What was changed, for the message of a failed test.</summary>
    public string Changes => string.Join("; ", _changes);

    public int Read(ulong address, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            ulong at = address + (ulong)done;
            ulong page = at & ~0xfffUL;
            byte[]? bytes = _changed.TryGetValue(page, out byte[]? changed) ? changed : _recorded.Pages.GetValueOrDefault(page);
            if (bytes is null)
            {
                break;
            }

            int offset = (int)(at - page);
            int count = Math.Min(bytes.Length - offset, destination.Length - done);
            bytes.AsSpan(offset, count).CopyTo(destination[done..]);
            done += count;
        }

        return done;
    }

    private void Mutate()
    {
        AddressRange read = _recorded.Reads[_random.Next(_recorded.Reads.Count)];
        ulong word = read.Start + ((ulong)_random.NextInt64((long)read.Length) & ~7UL);
        ulong other = _recorded.Reads[_random.Next(_recorded.Reads.Count)].Start;
        switch (_random.Next(8))
        {
            case 0:
            case 1:
                Write(word, Absurd[_random.Next(Absurd.Length)]);
                break;
            case 2:
                // A cycle, if the word is a link.
                Write(word, read.Start);
                break;
            case 3:
            case 4:
                Write(word, other);
                break;
            case 5:
                Write(word, other + (ulong)_random.Next(1, 64));
                break;
            case 6:
                Write(word, (ulong)_random.NextInt64());
                break;
            default:
                _changed[word & ~0xfffUL] = null;
                _changes.Add($"page 0x{word & ~0xfffUL:x} gone");
                break;
        }
    }

    // Words may reach over a page's end: byte by byte.
    private void Write(ulong address, ulong value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        for (int i = 0; i < bytes.Length; i++)
        {
            ulong at = address + (ulong)i;
            ulong page = at & ~0xfffUL;
            if (!_changed.TryGetValue(page, out byte[]? content))
            {
                content = _recorded.Pages.GetValueOrDefault(page)?.ToArray();
                _changed[page] = content;
            }

            if (content is not null)
            {
                content[at - page] = bytes[i];
            }
        }

        _changes.Add($"0x{address:x} = 0x{value:x}");
    }
}
