using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Code.LineTables;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Code;

/// <summary>Reads code objects from a copy of the target's memory, each once; looks each position up once.</summary>
internal sealed class CodeReader(IMemorySource memory, PythonLayout layout, Limits limits)
{
    /// <summary>sizeof(_Py_CODEUNIT)</summary>
    private const int CodeUnitSize = 2;

    private readonly CodeType _type = new(layout);
    private readonly Dictionary<ulong, CodeObject?> _codes = new(AddressHash.Comparer);
    private readonly Dictionary<Place, SourcePosition> _positions = [];
    private readonly Dictionary<ulong, string> _texts = new(AddressHash.Comparer);
    private readonly Dictionary<ulong, byte[]> _tables = new(AddressHash.Comparer);
    private long _bytesLeft = limits.DecodedBytes;
    private long _scansLeft = limits.ScannedBytes;

    /// <summary>The code object at an address, or null if there is no valid one.</summary>
    public CodeObject? Read(ulong address)
    {
        if (!_codes.TryGetValue(address, out CodeObject? code))
        {
            code = ReadNew(address);
            _codes.Add(address, code);
        }

        return code;
    }

    /// <summary>Where a frame is in its source; unknown after the search limit was reached, which only a hostile target does.</summary>
    public SourcePosition PositionOf(in RawFrame frame, CodeObject code)
    {
        if (!_positions.TryGetValue(new Place(frame.Code, frame.Instruction), out SourcePosition position))
        {
            _scansLeft -= code.LineTable.Length;
            position = _scansLeft < 0 ? default : code.PositionOf(frame.Instruction);
            _positions.Add(new Place(frame.Code, frame.Instruction), position);
        }

        return position;
    }

    private CodeObject? ReadNew(ulong address)
    {
        CodeLayout at = layout.Code;
        byte[] bytes = new byte[at.Size];
        if (!_type.IsCode(memory, address) || !memory.TryRead(address, bytes))
        {
            return null;
        }

        if (!TryReadText(Pointer(bytes, at.FileName), out string file, isPath: true) || !TryReadText(Pointer(bytes, at.Name), out string name))
        {
            return null;
        }

        string? qualifiedName = null;
        if (at.QualifiedName is int offset && TryReadText(Pointer(bytes, offset), out string found))
        {
            qualifiedName = found;
        }

        byte[] table = ReadTable(Pointer(bytes, at.LineTable));
        int firstLine = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at.FirstLine));
        long firstTraceable = at.FirstTraceable is int first
            ? (long)BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(first)) * CodeUnitSize
            : 0;
        return new CodeObject(name, qualifiedName, file, firstLine, firstTraceable, at.LineTableKind, table);
    }

    private bool TryReadText(ulong address, out string text, bool isPath = false)
    {
        if (_texts.TryGetValue(address, out text!))
        {
            return true;
        }

        if (_bytesLeft < 0 || !NameObject.TryRead(memory, address, layout, limits.NameLength, out text, isPath))
        {
            text = "";
            return false;
        }

        _bytesLeft -= text.Length * sizeof(char);
        _texts.Add(address, text);
        return true;
    }

    // Without its line table a frame still has its name; its line is then unknown.
    private byte[] ReadTable(ulong address)
    {
        if (!_tables.TryGetValue(address, out byte[]? table))
        {
            table = [];
            if (_bytesLeft >= 0 && BytesObject.TryRead(memory, address, layout, limits.LineTableBytes, out byte[] found))
            {
                table = found;
                _bytesLeft -= table.Length;
            }

            _tables.Add(address, table);
        }

        return table;
    }

    private static ulong Pointer(ReadOnlySpan<byte> data, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(data[offset..]);

    private readonly record struct Place(ulong Code, int Instruction)
    {
        public override int GetHashCode() => (int)AddressHash.Of(Code ^ ((ulong)(uint)Instruction << 32));
    }
}
