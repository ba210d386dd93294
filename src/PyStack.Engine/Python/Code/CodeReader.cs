using System;
using System.Buffers.Binary;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Code.LineTables;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Code;

/// <summary>
/// Reads code objects from a copy of the target's memory, each once; looks each position up once. What the cache has of an earlier copy is taken over if the bytes in this one are
/// the same: the names' characters, the line table, and the fields of the code object itself.
/// </summary>
internal sealed class CodeReader
{
    /// <summary>sizeof(_Py_CODEUNIT)</summary>
    private const int CodeUnitSize = 2;

    /// <summary>About what one position takes in a table.</summary>
    private const int PositionBytes = 64;

    /// <summary>The round of what is to be read again.</summary>
    private const int Never = -1;

    private readonly IMemorySource _memory;
    private readonly PythonLayout _layout;
    private readonly Limits _limits;
    private readonly CodeCache _cache;
    private readonly int _round;
    private readonly CodeType _type;
    private readonly byte[] _bytes;
    private byte[] _scratch = new byte[256];
    private long _bytesLeft;
    private long _scansLeft;

    /// <param name="cache">What was decoded of the same CPython before.</param>
    public CodeReader(IMemorySource memory, PythonLayout layout, Limits limits, CodeCache cache)
    {
        cache.Trim();
        _memory = memory;
        _layout = layout;
        _limits = limits;
        _cache = cache;
        _round = cache.BeginRound();
        _type = new CodeType(layout);
        _bytes = new byte[layout.Code.Size];
        _bytesLeft = limits.DecodedBytes;
        _scansLeft = limits.ScannedBytes;
    }

    /// <summary>The code object at an address, or null if there is no valid one.</summary>
    public CodeObject? Read(ulong address) => Find(address).Value?.Code;

    /// <summary>Where a frame is in its source; unknown after the search limit was reached, which only a hostile target does.</summary>
    public SourcePosition PositionOf(in RawFrame frame)
    {
        CodeCache.Entry<CachedCode> entry = Find(frame.Code);
        if (entry.Value is not CachedCode cached)
        {
            return default;
        }

        if (!cached.Positions.TryGetValue(frame.Instruction, out SourcePosition position))
        {
            _scansLeft -= cached.Code.LineTable.Length;
            if (_scansLeft < 0)
            {
                return default;
            }

            position = cached.Code.PositionOf(frame.Instruction);
            cached.Positions.Add(frame.Instruction, position);
            _cache.Grow(entry, PositionBytes);
        }

        return position;
    }

    private CodeCache.Entry<CachedCode> Find(ulong address)
    {
        CodeCache.Entry<CachedCode>? entry = _cache.FindCode(address);
        if (entry?.Round == _round)
        {
            return entry;
        }

        CodeObject? code = ReadNew(address, out bool isWhole);
        if (isWhole && code is not null && entry?.Value is CachedCode before && IsSame(before.Code, code))
        {
            entry.Round = _round;
            _cache.Reused++;
            return entry;
        }

        // What the copy lacks is looked for by each task that needs it: the copy notes whose it is.
        entry = new(code is null ? null : new CachedCode(code), 0) { Round = isWhole ? _round : Never };
        _cache.SetCode(address, entry);
        return entry;
    }

    // Texts and tables were compared one by one: an equal one is the same object.
    private static bool IsSame(CodeObject known, CodeObject found)
        => ReferenceEquals(known.Name, found.Name)
            && ReferenceEquals(known.QualifiedName, found.QualifiedName)
            && ReferenceEquals(known.FileName, found.FileName)
            && ReferenceEquals(known.LineTable, found.LineTable)
            && known.FirstLine == found.FirstLine
            && known.FirstTraceable == found.FirstTraceable
            && known.LineTableKind == found.LineTableKind;

    private CodeObject? ReadNew(ulong address, out bool isWhole)
    {
        isWhole = true;
        CodeLayout at = _layout.Code;
        if (!_type.IsCode(_memory, address) || !_memory.TryRead(address, _bytes))
        {
            return null;
        }

        if (ReadText(Pointer(at.FileName), isPath: true) is not string file || ReadText(Pointer(at.Name)) is not string name)
        {
            return null;
        }

        string? qualifiedName = at.QualifiedName is int offset ? ReadText(Pointer(offset)) : null;
        byte[] table = ReadTable(Pointer(at.LineTable), out isWhole);
        int firstLine = BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(at.FirstLine));
        long firstTraceable = at.FirstTraceable is int first
            ? (long)BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(first)) * CodeUnitSize
            : 0;
        return new CodeObject(name, qualifiedName, file, firstLine, firstTraceable, at.LineTableKind, table);
    }

    private string? ReadText(ulong address, bool isPath = false)
    {
        CodeCache.Entry<CachedText>? entry = _cache.FindText(address);
        if (entry?.Round != _round || (entry.Value is not null && entry.Value.IsPath != isPath && _layout.Unicode is null))
        {
            entry = ReadText(address, isPath, entry?.Value);
            entry.Round = _round;
            _cache.SetText(address, entry);
        }

        return entry.Value?.Text;
    }

    private CodeCache.Entry<CachedText> ReadText(ulong address, bool isPath, CachedText? known)
    {
        if (_bytesLeft < 0 || !TryReadRaw(address, out ReadOnlySpan<byte> raw, out int width))
        {
            return new(null, 0);
        }

        if (known is not null && known.Width == width && known.IsPath == isPath && raw.SequenceEqual(known.Raw))
        {
            _bytesLeft -= known.Text.Length * sizeof(char);
            return new(known, known.Raw.Length * 3);
        }

        if (!NameObject.TryRead(_memory, address, _layout, _limits.NameLength, out string text, isPath))
        {
            return new(null, 0);
        }

        _bytesLeft -= text.Length * sizeof(char);
        return new(new CachedText(text, raw.ToArray(), width, isPath), raw.Length * 3);
    }

    private bool TryReadRaw(ulong address, out ReadOnlySpan<byte> raw, out int width)
    {
        ulong data;
        int length;
        if (_layout.Unicode is UnicodeLayout unicode)
        {
            bool isText = UnicodeObject.TryLocate(_memory, address, unicode, _limits.NameLength, out UnicodeData found);
            (data, length, width) = (found.Address, isText ? found.ByteLength : -1, found.Width);
        }
        else
        {
            width = 1;
            length = NameObject.TryLocate(_memory, address, _layout, _limits.NameLength, out data, out int bytes) ? bytes : -1;
        }

        return TryRead(data, length, out raw);
    }

    // Without its line table a frame still has its name; its line is then unknown.
    private byte[] ReadTable(ulong address, out bool isWhole)
    {
        isWhole = true;
        CodeCache.Entry<byte[]>? entry = _cache.FindTable(address);
        if (entry?.Round != _round)
        {
            byte[] table = [];
            isWhole = _bytesLeft < 0;
            if (_bytesLeft >= 0
                && BytesObject.TryLocate(_memory, address, _layout, _limits.LineTableBytes, out ulong data, out int length)
                && TryRead(data, length, out ReadOnlySpan<byte> raw))
            {
                table = entry?.Value is byte[] known && raw.SequenceEqual(known) ? known : raw.ToArray();
                _bytesLeft -= table.Length;
                isWhole = true;
            }

            entry = new(table, table.Length) { Round = isWhole ? _round : Never };
            _cache.SetTable(address, entry);
        }

        return entry.Value!;
    }

    private bool TryRead(ulong data, int length, out ReadOnlySpan<byte> raw)
    {
        raw = default;

        // The length comes from the target: check that the end exists before allocating this much memory.
        if (length < 0 || (length > 0 && !_memory.TryRead(data + (ulong)length - 1, out byte _)))
        {
            return false;
        }

        if (_scratch.Length < length)
        {
            _scratch = new byte[length];
        }

        Span<byte> bytes = _scratch.AsSpan(0, length);
        raw = bytes;
        return _memory.TryRead(data, bytes);
    }

    private ulong Pointer(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(offset));
}
