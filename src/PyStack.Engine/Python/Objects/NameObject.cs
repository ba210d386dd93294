using System;
using System.Text;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Python.Objects;

/// <summary>
/// Reads the objects that hold the interpreter's own names (functions, files): <c>str</c>, which in 2.7 is a string of bytes.
/// </summary>
internal static class NameObject
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Finds a name's characters in memory; of a longer one than <paramref name="maxLength"/>, the beginning.</summary>
    public static bool TryLocate(IMemorySource memory, ulong address, PythonLayout layout, int maxLength, out ulong data, out int byteLength)
    {
        if (layout.Unicode is null)
        {
            // 2.7 has names of bytes, and the beginning of a string of bytes that is too long is used like that of characters.
            bool isFound = BytesObject.TryLocate(memory, address, layout, int.MaxValue, out data, out byteLength);
            byteLength = Math.Min(byteLength, maxLength);
            return isFound;
        }

        bool isText = UnicodeObject.TryLocate(memory, address, layout.Unicode, maxLength, out UnicodeData found);
        data = found.Address;
        byteLength = found.ByteLength;
        return isText;
    }

    /// <summary>Whether a name is exactly these ASCII characters.</summary>
    public static bool Matches(IMemorySource memory, ulong address, PythonLayout layout, ReadOnlySpan<byte> ascii)
    {
        // One more than wanted, to see that there are more.
        ulong data;
        int length;
        if (layout.Unicode is null)
        {
            if (!BytesObject.TryLocate(memory, address, layout, ascii.Length, out data, out length))
            {
                return false;
            }
        }
        else
        {
            if (!UnicodeObject.TryLocate(memory, address, layout.Unicode, ascii.Length + 1, out UnicodeData found) || found.Width != 1)
            {
                return false;
            }

            (data, length) = (found.Address, found.Length);
        }

        return length == ascii.Length && HasBytes(memory, data, ascii);
    }

    /// <summary>Reads a name; a longer one than <paramref name="maxLength"/> is cut.</summary>
    /// <param name="isPath">Whether it is the name of a file, whose bytes are kept as <see cref="PathText"/> has them. A <c>str</c> of Python 3 already has this form.</param>
    public static bool TryRead(IMemorySource memory, ulong address, PythonLayout layout, int maxLength, out string text, bool isPath = false)
    {
        if (layout.Unicode is not null)
        {
            return UnicodeObject.TryRead(memory, address, layout.Unicode, maxLength, out text);
        }

        text = "";
        if (!TryLocate(memory, address, layout, maxLength, out ulong data, out int length))
        {
            return false;
        }

        byte[] bytes = new byte[length];
        if (!memory.TryRead(data, bytes))
        {
            return false;
        }

        text = isPath ? PathText.Decode(bytes) : Decode(length < maxLength ? bytes : WithoutTornEnd(bytes));
        return true;
    }

    private static bool HasBytes(IMemorySource memory, ulong address, ReadOnlySpan<byte> expected)
    {
        Span<byte> bytes = stackalloc byte[expected.Length];
        return memory.TryRead(address, bytes) && bytes.SequenceEqual(expected);
    }

    // Nothing says which encoding the bytes have. Other data is rarely valid UTF-8; Latin-1 loses nothing.
    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }

    // A truncated name may have lost the end of its last character: at most three bytes are left of one.
    private static ReadOnlySpan<byte> WithoutTornEnd(ReadOnlySpan<byte> bytes)
    {
        for (int back = 1; back <= 3 && back <= bytes.Length; back++)
        {
            byte last = bytes[^back];
            if (last >= 0xc0)
            {
                return bytes[..^back];
            }

            if (last < 0x80)
            {
                break;
            }
        }

        return bytes;
    }
}
