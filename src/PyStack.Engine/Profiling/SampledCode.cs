using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Profiling;

/// <summary>
/// The code objects of samples. Each is decoded when it is seen first, and compared again and again as long as it is sampled, since the program may free it and its address become that of another one.
/// </summary>
internal sealed class SampledCode
{
    /// <summary>Those of a large program are some ten thousand, and take about 1 KB each.</summary>
    private const int MaxCodes = 50_000;

    /// <summary>So often a code object is found unchanged before it is taken to be one that stays.</summary>
    private const int Confirmations = 12;

    /// <summary>Times that are nearer to each other count once: where code objects change all the time, they are compared all the time, and one that is there for a moment would be found unchanged again and again.</summary>
    private static readonly long Apart = Stopwatch.Frequency / 125;

    /// <summary>From the length of a name on.</summary>
    private const int NameBytes = 112;

    private readonly PythonRuntime _runtime;
    private readonly IMemorySource _memory;
    private readonly Limits _limits;
    private readonly CodeCache _cache;
    private readonly Dictionary<ulong, Entry> _codes = new(AddressHash.Comparer);
    private readonly HashSet<ulong> _reused = new(AddressHash.Comparer);
    private readonly List<(ulong Address, Entry Entry)> _checked = [];
    private readonly byte[] _bytes;
    private readonly int _start;
    private readonly int _nameLength;
    private readonly int _nameData;
    private int _round;
    private long _now;
    private long _stack;
    private int _read;

    public SampledCode(PythonRuntime runtime, IMemorySource memory, Limits limits)
    {
        (_runtime, _memory, _limits, _cache) = (runtime, memory, limits, new CodeCache(limits.DecodedBytes / 8));
        CodeLayout at = runtime.Layout.Code;
        int[] places = [at.FileName, at.Name, at.QualifiedName ?? at.Name, at.FirstLine, at.LineTable];
        Array.Sort(places);
        _start = places[0];
        _bytes = new byte[places[^1] + sizeof(ulong) - _start];
        (_nameLength, int data) = runtime.Layout.Unicode is UnicodeLayout text ? (text.Length, text.AsciiData) : (runtime.Layout.Object.VarSize, runtime.Layout.Bytes.Data);
        _nameData = data - _nameLength;
    }

    /// <summary>Whether there were too many.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Decodes the code objects of a stack that are new. False if there were any: they may be others than those that ran.</summary>
    public bool AreKnown(ReadOnlySpan<SampledFrame> frames)
    {
        CodeReader? reader = null;
        foreach (SampledFrame frame in frames)
        {
            if (!frame.IsPlaceholder && !_codes.ContainsKey(frame.Code))
            {
                reader ??= new CodeReader(_memory, _runtime.Layout, _limits, _cache);
                _codes.Add(frame.Code, Read(frame.Code, reader));
            }
        }

        return reader is null;
    }

    /// <summary>Whether a stack has a frame whose code object is none.</summary>
    public bool HasInvalid(ReadOnlySpan<SampledFrame> frames)
    {
        foreach (SampledFrame frame in frames)
        {
            if (!frame.IsPlaceholder && (!_codes.TryGetValue(frame.Code, out Entry? entry) || entry.IsInvalid))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Forgets the addresses of a stack at which there was no code object.</summary>
    public void ForgetInvalid(ReadOnlySpan<SampledFrame> frames)
    {
        foreach (SampledFrame frame in frames)
        {
            if (_codes.TryGetValue(frame.Code, out Entry? entry) && entry.IsInvalid)
            {
                _codes.Remove(frame.Code);
            }
        }
    }

    /// <summary>Whether all code objects of a stack were found unchanged often enough.</summary>
    public bool AreConfirmed(ReadOnlySpan<SampledFrame> frames)
    {
        foreach (SampledFrame frame in frames)
        {
            if (!IsConfirmed(frame))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a frame's code object was found unchanged often enough, and no other one was ever at its address.</summary>
    public bool IsConfirmed(SampledFrame frame)
        => frame.IsPlaceholder || (_codes.TryGetValue(frame.Code, out Entry? entry) && entry.Confirmed >= Confirmations && !_reused.Contains(frame.Code));

    /// <summary>Begins to look at the code objects of one stack, each of which is compared once.</summary>
    public void BeginStack() => _stack++;

    /// <summary>Whether a frame's code object is what was decoded, since <see cref="BeginStack"/>.</summary>
    public bool IsSame(SampledFrame frame)
    {
        if (frame.IsPlaceholder || !_codes.TryGetValue(frame.Code, out Entry? entry))
        {
            return frame.IsPlaceholder;
        }

        if (entry.Stack != _stack)
        {
            (entry.Stack, entry.IsSame) = (_stack, !entry.IsInvalid && IsSame(frame.Code, entry));
        }

        return entry.IsSame;
    }

    /// <summary>Begins to compare what was decoded with what is there.</summary>
    public void BeginCheck()
    {
        _round++;
        _now = Stopwatch.GetTimestamp();
        _checked.Clear();
    }

    /// <summary>Compares the code objects of a stack, each once.</summary>
    /// <returns>False if one of them is another one now.</returns>
    public bool Check(ReadOnlySpan<SampledFrame> frames)
    {
        bool areSame = true;
        foreach (SampledFrame frame in frames)
        {
            if (!frame.IsPlaceholder)
            {
                if (!_codes.TryGetValue(frame.Code, out Entry? entry))
                {
                    areSame = false;
                    continue;
                }

                if (entry.Round != _round)
                {
                    (entry.Round, entry.HasChanged) = (_round, entry.IsInvalid || !IsSame(frame.Code, entry));
                    if (_now - entry.ConfirmedAt >= Apart)
                    {
                        (entry.Confirmed, entry.ConfirmedAt) = (entry.Confirmed + 1, _now);
                    }

                    if (entry.HasChanged)
                    {
                        _checked.Add((frame.Code, entry));
                    }
                }

                areSame &= !entry.HasChanged;
            }
        }

        return areSame;
    }

    /// <summary>The addresses at which there are others now, since <see cref="BeginCheck"/>.</summary>
    public IReadOnlyList<(ulong Address, Entry Entry)> Changed => _checked;

    /// <summary>Forgets those.</summary>
    public void ForgetChanged()
    {
        foreach ((ulong address, _) in _checked)
        {
            _codes.Remove(address);
            if (_reused.Count < MaxCodes)
            {
                _reused.Add(address);
            }
        }
    }

    /// <summary>What was decoded for the frames of a stack; null for placeholders.</summary>
    public Entry?[] EntriesOf(ReadOnlySpan<SampledFrame> frames)
    {
        Entry?[] entries = new Entry?[frames.Length];
        for (int i = 0; i < frames.Length; i++)
        {
            entries[i] = _codes.GetValueOrDefault(frames[i].Code);
        }

        return entries;
    }

    /// <summary>The frame as it is shown; null if its code has not begun.</summary>
    public PyProfileFrame? Decode(SampledFrame frame) => Decode(frame, _codes.GetValueOrDefault(frame.Code));

    /// <inheritdoc cref="Decode(SampledFrame)"/>
    public PyProfileFrame? Decode(SampledFrame frame, Entry? entry)
    {
        if (frame.IsPlaceholder)
        {
            return PlaceholderFrames.Of(frame);
        }

        if (entry?.Code is not CodeObject code)
        {
            return PlaceholderFrames.Unknown;
        }

        int offset = ThreadSampler.OffsetOf(_runtime.Layout, frame);
        return _runtime.Layout.Code.FirstTraceable is not null && offset < code.FirstTraceable
            ? null
            : new PyProfileFrame { Kind = PyFrameKind.Python, Function = code.Name, QualifiedName = code.QualifiedName, File = code.FileName, Line = code.PositionOf(offset).Line };
    }

    private Entry Read(ulong address, CodeReader reader)
    {
        if (_read >= MaxCodes)
        {
            IsFull = true;
            return new Entry(null, 0, isInvalid: false);
        }

        _read++;
        bool isRead = _memory.TryRead(address + (ulong)_start, _bytes);
        ulong before = isRead ? FingerprintOf() : 0;
        CodeObject? code = isRead ? reader.Read(address) : null;

        // While it was decoded it may have been freed, and its address have become that of another one.
        bool isWhole = code is not null && _memory.TryRead(address + (ulong)_start, _bytes) && FingerprintOf() == before;
        return new Entry(isWhole ? code : null, before, isInvalid: !isWhole);
    }

    private bool IsSame(ulong address, Entry entry)
        => entry.Code is null || (_memory.TryRead(address + (ulong)_start, _bytes) && FingerprintOf() == entry.Fingerprint);

    // Pointers to its names and its line table, and its line. Names can be freed with it, and another one come to the same address: the beginning of the name's characters counts as well.
    private ulong FingerprintOf()
    {
        CodeLayout at = _runtime.Layout.Code;
        HashCode hash = default;
        hash.Add(Word(at.FileName));
        hash.Add(Word(at.Name));
        hash.Add(at.QualifiedName is int qualified ? Word(qualified) : 0);
        hash.Add(Word(at.LineTable));
        hash.Add(Unsafe.ReadUnaligned<int>(in _bytes[at.FirstLine - _start]));
        Span<byte> name = stackalloc byte[NameBytes];
        if (_memory.Read(Word(at.QualifiedName ?? at.Name) + (ulong)_nameLength, name) is int count && count > _nameData)
        {
            long length = Unsafe.ReadUnaligned<long>(in name[0]);
            hash.Add(length);
            hash.AddBytes(name[_nameData..(int)Math.Clamp(length + _nameData, _nameData, count)]);
        }

        return (ulong)(uint)hash.ToHashCode();
    }

    private ulong Word(int offset) => Unsafe.ReadUnaligned<ulong>(in _bytes[offset - _start]);

    /// <summary>What was decoded at an address.</summary>
    /// <param name="code">Null for none.</param>
    internal sealed class Entry(CodeObject? code, ulong fingerprint, bool isInvalid)
    {
        public CodeObject? Code { get; } = code;

        public ulong Fingerprint { get; } = fingerprint;

        /// <summary>Whether there is no code object at that address.</summary>
        public bool IsInvalid { get; } = isInvalid;

        public int Round { get; set; }

        public bool HasChanged { get; set; }

        /// <summary>For which stack it was compared last, and what came of it.</summary>
        public long Stack { get; set; }

        public bool IsSame { get; set; }

        /// <summary>How often it was found unchanged.</summary>
        public int Confirmed { get; set; }

        /// <summary>When that was last, in ticks.</summary>
        public long ConfirmedAt { get; set; }
    }
}
