using System;
using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace PyStack.Engine.Primitives;

/// <summary>
/// File names as strings. For the kernel a name is any bytes except zero and '/', usually but not always UTF-8. A byte that is not valid UTF-8 becomes the
/// lone surrogate U+DC00 + byte (U+DC80 to U+DCFF), as Python's error handler <c>surrogateescape</c> has it (PEP 383): nothing is lost, so that the
/// file can be opened by what <see cref="EncodeForCall"/> gives, and a <c>co_filename</c> is such a string already.
/// </summary>
/// <remarks>A lone surrogate is no character: text for people has to be escaped first.</remarks>
internal static class PathText
{
    /// <summary>What is added to a byte that is not valid UTF-8 (PEP 383).</summary>
    private const int EscapeBase = 0xdc00;

    /// <summary>The string of a file name's bytes.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        char[] rented = ArrayPool<char>.Shared.Rent(bytes.Length);
        int length = 0;
        while (!bytes.IsEmpty)
        {
            OperationStatus status = Utf8.ToUtf16(bytes, rented.AsSpan(length), out int read, out int written, replaceInvalidSequences: false);
            length += written;
            bytes = bytes[read..];
            if (status == OperationStatus.InvalidData)
            {
                rented[length++] = (char)(EscapeBase + bytes[0]);
                bytes = bytes[1..];
            }
        }

        string text = new(rented, 0, length);
        ArrayPool<char>.Shared.Return(rented);
        return text;
    }

    /// <summary>The bytes that <see cref="Decode"/> made a string of.</summary>
    public static byte[] Encode(string text) => Encode(text, hasTerminator: false, out _);

    /// <summary>
    /// The bytes of a name and a zero byte, for a system call. A string that cannot be the name of a file (it has a zero character, or a lone surrogate that represents
    /// no byte) gives an empty name, for which every call fails with ENOENT (path_resolution(7)).
    /// </summary>
    public static byte[] EncodeForCall(string path)
    {
        byte[] bytes = Encode(path, hasTerminator: true, out bool isExact);
        return isExact && !path.Contains('\0', StringComparison.Ordinal) ? bytes : [0];
    }

    /// <summary>Whether a string is what <see cref="Decode"/> makes of bytes that are not UTF-8, so that .NET's own file calls would look for another file.</summary>
    public static bool HasRawBytes(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (IsEscape(text[i]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsEscape(char character) => character is >= (char)(EscapeBase + 0x80) and <= (char)(EscapeBase + 0xff);

    private static byte[] Encode(string text, bool hasTerminator, out bool isExact)
    {
        isExact = true;

        // A lone surrogate takes one byte if it represents one, and three (of U+FFFD) if not, as for the encoding.
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        int length = 0;
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            OperationStatus status = Utf8.FromUtf16(rest, bytes.AsSpan(length), out int read, out int written, replaceInvalidSequences: false);
            length += written;
            rest = rest[read..];
            if (status == OperationStatus.InvalidData)
            {
                if (IsEscape(rest[0]))
                {
                    bytes[length++] = (byte)(rest[0] - EscapeBase);
                }
                else
                {
                    isExact = false;
                    length += Rune.ReplacementChar.EncodeToUtf8(bytes.AsSpan(length));
                }

                rest = rest[1..];
            }
        }

        Array.Resize(ref bytes, length + (hasTerminator ? 1 : 0));
        return bytes;
    }
}
