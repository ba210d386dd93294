using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Debuginfod;
using PyStack.Engine.Elf;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Symbols;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Capture.NativeStacks;

/// <summary>
/// Binaries by file and build-id, up to a number and a total of bytes; the least recently used are removed. One that a capture uses at the moment is not: a user of
/// a binary has a lease of it. One without a build-id is identified by the state of its file. Safe for several threads.
/// </summary>
internal sealed class BinaryCache
{
    private readonly Limits _limits;
    private readonly MemoryPool _pool;
    private readonly Lock _gate = new();
    private readonly Dictionary<Key, Entry> _known = [];

    // The least recently used first.
    private readonly LinkedList<Entry> _byUse = [];
    private int _count;

    public BinaryCache(Limits limits)
    {
        _limits = limits;
        _pool = new MemoryPool(limits.BinaryBytes) { Reclaim = missing => Forget(missing) > 0 };
    }

    /// <summary>Bytes of all binaries together, including those that are not cached.</summary>
    public long Bytes => _pool.Taken;

    /// <summary>The number of binaries, cached or still in use.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The binary of a module; null if its file cannot be opened.</summary>
    /// <param name="loaded">The module's image in memory.</param>
    /// <param name="servers">Are asked for what is missing here; null for none.</param>
    public BinaryLease? Find(ITarget target, Module module, ElfImage loaded, Limits limits, IEngineLog log, DebuginfodClient? servers = null)
    {
        string? buildId = loaded.TryGetBuildId(out string? found) ? found : null;
        Key key = new(module.File, buildId, default);
        if (buildId is not null && TryLease(key, servers) is BinaryLease known)
        {
            return known;
        }

        if (!MakeRoom(log, module.Path))
        {
            return null;
        }

        DebugFiles files = new(target, limits, log, servers);
        MappedFile? file = target.TryOpen(module, out MappedFile opened) ? opened : null;
        if (file is null && (buildId is null || !files.TryFetchBinary(module.Path, buildId, out file)))
        {
            log.Verbose($"The file of {module.Path} cannot be opened: its code is unwound with the unwind information in memory, and its functions have no names.");
            return null;
        }

        key = buildId is null ? new Key(default, null, file.Identity) : key;
        if (buildId is null && TryLease(key, servers) is BinaryLease same)
        {
            file.Dispose();
            return same;
        }

        BinaryBudget budget = new(_pool, limits.BinarySteps);
        if (!NativeBinary.TryFromFile(module.Path, file, files, limits, budget, out NativeBinary binary, out string problem))
        {
            log.Verbose($"{module.Path} {problem}: its code is unwound with the unwind information in memory, and its functions have no names.");
            file.Dispose();
            return null;
        }

        binary.AskedServers = servers?.Number ?? 0;
        return Add(key, binary);
    }

    /// <summary>A binary of an image in memory, for this use alone.</summary>
    public BinaryLease FromMemory(ElfImage image, Limits limits)
        => new(NativeBinary.FromMemory(image, limits, new BinaryBudget(_pool, limits.BinarySteps)));

    /// <summary>Ends a lease: called by it.</summary>
    public void Return(Entry entry)
    {
        bool isLast;
        lock (_gate)
        {
            isLast = --entry.Leases == 0;

            // A binary with missing data may be read more completely by another capture, when there is more room.
            if (isLast && entry.Node is not null && (entry.Binary.Problem is not null || !entry.Binary.IsReadable))
            {
                Remove(entry);
            }

            isLast &= entry.Node is null;
        }

        if (isLast)
        {
            Close(entry);
        }

        Forget(Bytes - _limits.IdleBinaryBytes);
    }

    /// <summary>Removes all binaries that are not in use.</summary>
    public void Clear() => Forget(long.MaxValue);

    private BinaryLease? TryLease(in Key key, DebuginfodClient? servers)
    {
        Entry? entry;
        lock (_gate)
        {
            if (!_known.TryGetValue(key, out entry) || (entry.Binary.IsReadable && !MayBeCompleted(entry.Binary, servers)))
            {
                return entry is null ? null : Lease(entry);
            }

            // Its disk did not answer, or the file was changed, or servers may have its debug information: it is opened again.
            Remove(entry);
            if (entry.Leases > 0)
            {
                return null;
            }
        }

        Close(entry);
        return null;
    }

    // By servers that were not asked for it yet.
    private static bool MayBeCompleted(NativeBinary binary, DebuginfodClient? servers) => servers is not null && !binary.HasDebugInformation && binary.AskedServers != servers.Number;

    private BinaryLease Lease(Entry entry)
    {
        if (entry.Leases++ == 0)
        {
            entry.Binary.RenewSteps();
        }

        _byUse.Remove(entry.Node!);
        _byUse.AddLast(entry.Node!);
        return new BinaryLease(this, entry);
    }

    // Another capture may have opened the same binary meanwhile: then that one is used.
    private BinaryLease Add(in Key key, NativeBinary binary)
    {
        BinaryLease lease;
        lock (_gate)
        {
            if (!_known.TryGetValue(key, out Entry? entry))
            {
                entry = new Entry(key, binary);
                entry.Node = _byUse.AddLast(entry);
                _known.Add(key, entry);
                Interlocked.Increment(ref _count);
            }

            lease = Lease(entry);
        }

        if (lease.Binary != binary)
        {
            binary.Dispose();
        }

        return lease;
    }

    private bool MakeRoom(IEngineLog log, string path)
    {
        if (Count < _limits.Binaries || Forget(1) > 0)
        {
            return true;
        }

        log.Verbose($"{path}: {Count} binaries are in use at the same time, and no more are opened. Its code is unwound with the unwind information in memory, and its functions have no names.");
        return false;
    }

    // Forgets idle binaries, at least one if there is any, until so many bytes were given back. Returns how many it has forgotten.
    private int Forget(long bytes)
    {
        List<Entry>? forgotten = null;
        if (bytes <= 0)
        {
            return 0;
        }

        lock (_gate)
        {
            for (LinkedListNode<Entry>? node = _byUse.First, next; node is not null && bytes > 0; node = next)
            {
                next = node.Next;
                if (node.Value.Leases == 0)
                {
                    bytes -= Math.Max(1, node.Value.Binary.Bytes);
                    Remove(node.Value);
                    (forgotten ??= []).Add(node.Value);
                }
            }
        }

        foreach (Entry entry in forgotten ?? [])
        {
            Close(entry);
        }

        return forgotten?.Count ?? 0;
    }

    private void Remove(Entry entry)
    {
        _byUse.Remove(entry.Node!);
        _known.Remove(entry.Key);
        entry.Node = null;
    }

    private void Close(Entry entry)
    {
        entry.Binary.Dispose();
        Interlocked.Decrement(ref _count);
    }

    /// <summary>By file and build-id, or by the state of a file that has none.</summary>
    public readonly record struct Key(FileKey File, string? BuildId, FileIdentity Identity);

    /// <summary>A binary and who uses it. For the cache only.</summary>
    public sealed class Entry(Key key, NativeBinary binary)
    {
        public Key Key { get; } = key;

        public NativeBinary Binary { get; } = binary;

        public int Leases { get; set; }

        /// <summary>Its node in the list of cached ones; null after it was removed.</summary>
        public LinkedListNode<Entry>? Node { get; set; }
    }
}
