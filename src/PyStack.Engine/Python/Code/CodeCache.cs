using System.Collections.Generic;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Code.LineTables;

namespace PyStack.Engine.Python.Code;

/// <summary>
/// The names, line tables and code objects of one CPython that were decoded last, by their addresses. An address can belong to another object by the next capture, so a reader uses an
/// entry only after it has compared it with the copy of its own capture, all bytes of it (<see cref="CodeReader"/>): what is saved is decoding them and looking lines up.
/// </summary>
/// <remarks>Bounded: two tables, of which the older one is forgotten when the newer one is full. Not thread-safe.</remarks>
internal sealed class CodeCache
{
    /// <summary>About what an entry takes beside its texts.</summary>
    private const int EntryBytes = 200;

    private readonly long _limit;
    private Tables _new = new();
    private Tables _old = new();
    private int _rounds;

    public CodeCache()
        : this(Limits.Default.CachedCodeBytes)
    {
    }

    /// <param name="limit">Bytes to be kept.</param>
    public CodeCache(long limit) => _limit = limit;

    /// <summary>Bytes that it takes, about.</summary>
    public long Size => _new.Size + _old.Size;

    /// <summary>How many code objects were taken over without being decoded again: for tests.</summary>
    public int Reused { get; set; }

    /// <summary>A new copy of the target's memory: what was compared with another one has to be compared again.</summary>
    /// <returns>The number under which entries are known to be compared.</returns>
    public int BeginRound() => ++_rounds;

    public Entry<CachedText>? FindText(ulong address) => Find(_new.Texts, _old.Texts, address);

    public Entry<byte[]>? FindTable(ulong address) => Find(_new.LineTables, _old.LineTables, address);

    public Entry<CachedCode>? FindCode(ulong address) => Find(_new.Codes, _old.Codes, address);

    public void SetText(ulong address, Entry<CachedText> entry) => Set(_new.Texts, address, entry);

    public void SetTable(ulong address, Entry<byte[]> entry) => Set(_new.LineTables, address, entry);

    public void SetCode(ulong address, Entry<CachedCode> entry) => Set(_new.Codes, address, entry);

    // What is used goes to the newer table.
    private Entry<T>? Find<T>(Dictionary<ulong, Entry<T>> newer, Dictionary<ulong, Entry<T>> older, ulong address)
        where T : class
    {
        if (!newer.TryGetValue(address, out Entry<T>? entry) && older.Remove(address, out entry))
        {
            _old.Size -= entry.Bytes + EntryBytes;
            Set(newer, address, entry);
        }

        return entry;
    }

    private void Set<T>(Dictionary<ulong, Entry<T>> table, ulong address, Entry<T> entry)
        where T : class
    {
        if (table.Remove(address, out Entry<T>? before))
        {
            _new.Size -= before.Bytes + EntryBytes;
        }

        table.Add(address, entry);
        _new.Size += entry.Bytes + EntryBytes;
    }

    /// <summary>An entry that was found in this round has grown.</summary>
    public void Grow(Entry<CachedCode> entry, int bytes)
    {
        entry.Bytes += bytes;
        _new.Size += bytes;
    }

    /// <summary>Forgets what was not used lately, if there is too much. Not while a reader is at work.</summary>
    public void Trim()
    {
        if (_new.Size > _limit / 2)
        {
            _old = _new.Size > _limit ? new() : _new;
            _new = new();
        }
    }

    private sealed class Tables
    {
        public Dictionary<ulong, Entry<CachedText>> Texts { get; } = new(AddressHash.Comparer);

        public Dictionary<ulong, Entry<byte[]>> LineTables { get; } = new(AddressHash.Comparer);

        public Dictionary<ulong, Entry<CachedCode>> Codes { get; } = new(AddressHash.Comparer);

        public long Size { get; set; }
    }

    /// <summary>What was read at an address.</summary>
    /// <param name="value">Null where there is nothing that makes sense.</param>
    /// <param name="bytes">What it takes beside the entry itself.</param>
    public sealed class Entry<T>(T? value, int bytes)
        where T : class
    {
        public T? Value { get; } = value;

        public int Bytes { get; set; } = bytes;

        /// <summary>The round in which it was compared last.</summary>
        public int Round { get; set; }
    }
}

/// <summary>A name and the bytes that it was decoded from.</summary>
/// <param name="Width">Bytes per character.</param>
/// <param name="IsPath">As for <see cref="Objects.NameObject.TryRead"/>.</param>
internal sealed record CachedText(string Text, byte[] Raw, int Width, bool IsPath);

/// <summary>A code object and the lines that were looked up in it.</summary>
internal sealed record CachedCode(CodeObject Code)
{
    /// <summary>By the offset of the instruction.</summary>
    public Dictionary<int, SourcePosition> Positions { get; } = [];
}
