using System;
using System.Collections.Generic;
using System.IO;
using Google.Protobuf;

namespace PyStack.Codecs;

/// <summary>Writes protobuf messages from their fields. Called by name from the engine, so with types of .NET alone.</summary>
public static class Protobuf
{
    // Most messages are shorter.
    private const int BufferSize = 128;

    /// <summary>Writes a message.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="fields">
    /// Number and value, in the order in which they are written: a <see cref="long"/> (varint), a <see cref="string"/>, a <c>long[]</c> (packed), or the fields of a message in it.
    /// </param>
    public static void Write(Stream output, IEnumerable<KeyValuePair<int, object>> fields)
    {
        using var coded = new CodedOutputStream(output, leaveOpen: true);
        Write(coded, fields);
    }

    private static void Write(CodedOutputStream output, IEnumerable<KeyValuePair<int, object>> fields)
    {
        foreach ((int number, object value) in fields)
        {
            switch (value)
            {
                case long plain:
                    output.WriteTag(number, WireFormat.WireType.Varint);
                    output.WriteInt64(plain);
                    break;
                case string text:
                    output.WriteTag(number, WireFormat.WireType.LengthDelimited);
                    output.WriteString(text);
                    break;
                case long[] packed:
                    WriteBytes(output, number, inner => Array.ForEach(packed, inner.WriteInt64));
                    break;
                case IEnumerable<KeyValuePair<int, object>> message:
                    WriteBytes(output, number, inner => Write(inner, message));
                    break;
                default:
                    throw new ArgumentException($"A field cannot have a {value.GetType()}.", nameof(fields));
            }
        }
    }

    // The length comes first, so what is inside is made before it.
    private static void WriteBytes(CodedOutputStream output, int number, Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var inner = new CodedOutputStream(bytes, BufferSize, leaveOpen: true))
        {
            write(inner);
        }

        output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(UnsafeByteOperations.UnsafeWrap(bytes.GetBuffer().AsMemory(0, (int)bytes.Length)));
    }
}
