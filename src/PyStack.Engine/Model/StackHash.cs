using System.Collections.Generic;
using System.Globalization;

namespace PyStack;

/// <summary>
/// A 64-bit FNV-1a hash over what makes two stacks equal to a reader: kind, file, function and line of every frame. The
/// same on every machine, so that hashes of a fleet can be grouped. Each text is hashed once and remembered by its object.
/// </summary>
internal sealed class StackHash
{
    // The FNV-1a parameters for 64 bits (RFC 9923, section 5).
    private const ulong OffsetBasis = 0xcbf29ce484222325;
    private const ulong Prime = 0x100000001b3;

    private readonly Dictionary<object, ulong> _texts = new(ReferenceEqualityComparer.Instance);

    /// <summary>The hash of a stack as 16 hexadecimal digits.</summary>
    public string Of(PyFrame[] frames)
    {
        ulong hash = OffsetBasis;
        foreach (PyFrame frame in frames)
        {
            hash = Add(hash, (ulong)frame.Kind);
            hash = Add(hash, HashOf(frame.File));
            hash = Add(hash, HashOf(frame.Function));
            hash = Add(hash, (ulong)(frame.Line ?? 0));
        }

        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    private ulong HashOf(string? text)
    {
        if (text is null)
        {
            return 0;
        }

        if (!_texts.TryGetValue(text, out ulong hash))
        {
            hash = OffsetBasis;
            foreach (char c in text)
            {
                hash = (hash ^ (byte)c) * Prime;
                hash = (hash ^ (byte)(c >> 8)) * Prime;
            }

            _texts.Add(text, hash);
        }

        return hash;
    }

    private static ulong Add(ulong hash, ulong value)
    {
        for (int shift = 0; shift < 64; shift += 8)
        {
            hash = (hash ^ (byte)(value >> shift)) * Prime;
        }

        return hash;
    }
}
