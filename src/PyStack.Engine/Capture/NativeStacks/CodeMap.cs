using System;
using System.Collections.Generic;
using PyStack.Engine.Debuginfod;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets;
using PyStack.Engine.Unwinding;

namespace PyStack.Engine.Capture.NativeStacks;

/// <summary>The code of a target: which binary is mapped where. A binary is opened when a stack first has a frame in it, and is in use until this is disposed of.</summary>
internal sealed class CodeMap : ICodeMap, IDisposable
{
    /// <summary>How many places of copied code are compared with the file, and how many bytes of each.</summary>
    private const int Samples = 256;
    private const int SampleBytes = 64;

    private readonly ITarget _target;
    private readonly IMemorySource _readOnly;
    private readonly Limits _limits;
    private readonly IEngineLog _log;
    private readonly MappedCode[] _codes;
    private readonly BinaryCache _cache;
    private readonly List<(BinaryLease Lease, string Path)> _leases = [];

    private readonly DebuginfodClient? _servers;

    /// <param name="readOnly">The target's memory, of which only what cannot be written to is read.</param>
    /// <param name="servers">Are asked for what is missing of a binary; null for none.</param>
    public CodeMap(ITarget target, IMemorySource readOnly, Limits limits, IEngineLog log, BinaryCache? cache = null, DebuginfodClient? servers = null)
    {
        _servers = servers;
        _cache = cache ?? NativeBinaries.Shared;
        _target = target;
        _readOnly = readOnly;
        _limits = limits;
        _log = log;
        _codes = FindCode(target);
    }

    public bool TryFind(ulong address, out CodeModule module)
    {
        module = null!;
        if (Find(address) is not MappedCode code || Open(code) is not OpenedCode opened)
        {
            return false;
        }

        module = opened.Module;
        return true;
    }

    public bool IsExecutable(ulong address) => Find(address) is not null;

    /// <summary>Logs what could not be read of the binaries, and releases them.</summary>
    public void Dispose()
    {
        foreach ((BinaryLease lease, string path) in _leases)
        {
            if (lease.Binary.Problem is string problem)
            {
                _log.Warning($"{path} {problem}.");
            }

            lease.Dispose();
        }

        _leases.Clear();
    }

    /// <summary>The binary that holds an address of code, if it could be opened, and its path in the target.</summary>
    public bool TryFindBinary(ulong address, out NativeBinary? binary, out ulong loadBias, out string? path)
    {
        MappedCode? code = Find(address);
        OpenedCode? opened = code is null ? null : Open(code);
        binary = opened?.Binary;
        loadBias = opened?.Module.LoadBias ?? 0;
        path = opened is not null ? code!.Module!.Path : code?.Path;
        return opened is not null;
    }

    // Executable regions by ascending address, each with the module that it belongs to.
    private static MappedCode[] FindCode(ITarget target)
    {
        List<MappedCode> codes = [];
        foreach (MemoryRegion region in target.Map.Regions)
        {
            if ((region.Access & RegionAccess.Execute) != 0)
            {
                string? path = region.File.IsFile || region.Path == MemoryRegion.KernelCode ? region.Path : null;
                Module? module = ModuleOf(target, region);
                codes.Add(new MappedCode(region.Range, path, module, isCopy: module?.IsReplaced(region) == true));
            }
        }

        return [.. codes];
    }

    private static Module? ModuleOf(ITarget target, MemoryRegion region)
    {
        if (region.Path == MemoryRegion.KernelCode)
        {
            return new Module(MemoryRegion.KernelCode, region.File, IsDeleted: false, [region]);
        }

        foreach (Module module in target.Modules)
        {
            if (module.Range.Contains(region.Range.Start) && (module.File == region.File ? region.File.IsFile : IsOneOf(module.Regions, region)))
            {
                return module;
            }
        }

        return null;
    }

    // By identity: a copy of a module's code has no file that identifies it.
    private static bool IsOneOf(IReadOnlyList<MemoryRegion> regions, MemoryRegion region)
    {
        foreach (MemoryRegion one in regions)
        {
            if (ReferenceEquals(one, region))
            {
                return true;
            }
        }

        return false;
    }

    private MappedCode? Find(ulong address)
    {
        int index = SortedSearch.LastAtOrBefore<MappedCode>(_codes, address, static code => code.Range.Start);
        return index >= 0 && _codes[index].Range.Contains(address) ? _codes[index] : null;
    }

    private OpenedCode? Open(MappedCode code)
    {
        if (!code.IsTried)
        {
            code.IsTried = true;
            code.Opened = code.Module is null ? null : SharedWith(code) ?? OpenFirst(code.Module);
            if (code.IsCopy && code.Opened is not null && !IsCopyOfFile(code.Range, code.Module!, code.Opened))
            {
                _log.Verbose($"{code.Module!.Path}: the code at {code.Range} differs from that of the file: its functions have no names.");
                code.Opened = null;
            }
        }

        return code.Opened;
    }

    // Rules and names of the file apply to memory in its place only if it has the same bytes: samples of all of it are compared.
    private bool IsCopyOfFile(AddressRange range, Module module, OpenedCode opened)
    {
        if (!_target.TryOpen(module, out MappedFile file))
        {
            return false;
        }

        using (file)
        {
            if (!ElfImage.TryFromFile(file, _limits, out ElfImage? image, out _))
            {
                return false;
            }

            Span<byte> inMemory = stackalloc byte[SampleBytes];
            Span<byte> inFile = stackalloc byte[SampleBytes];
            int compared = 0;
            ulong step = Math.Max(range.Length / Samples, SampleBytes);
            for (ulong at = range.Start; at <= range.End - SampleBytes; at += step)
            {
                // Pages beyond the segment's end hold something else, or nothing.
                if (image.AddressSpace.Read(unchecked(at - opened.Module.LoadBias), inFile) == SampleBytes)
                {
                    compared++;
                    if (_readOnly.Read(at, inMemory) != SampleBytes || !inMemory.SequenceEqual(inFile))
                    {
                        return false;
                    }
                }
            }

            return compared > 0;
        }
    }

    // A module with several executable mappings is opened once.
    private OpenedCode? SharedWith(MappedCode code)
        => Array.Find(_codes, other => other.Opened is not null && ReferenceEquals(other.Module, code.Module))?.Opened;

    private OpenedCode? OpenFirst(Module module)
    {
        if (!ElfImage.TryFromMemory(_readOnly, module.BaseAddress, _limits, out ElfImage? loaded, out string problem))
        {
            _log.Verbose($"{module.Path} {problem}: its native frames have no names.");
            return null;
        }

        BinaryLease lease = (module.Path == MemoryRegion.KernelCode ? null : _cache.Find(_target, module, loaded, _limits, _log, _servers)) ?? _cache.FromMemory(loaded, _limits);
        _leases.Add((lease, module.Path));
        return new OpenedCode(new CodeModule(module.Range, loaded.LoadBias, lease.Binary.Rules), lease.Binary);
    }

    private sealed class MappedCode(AddressRange range, string? path, Module? module, bool isCopy)
    {
        public AddressRange Range { get; } = range;

        public string? Path { get; } = path;

        public Module? Module { get; } = module;

        /// <summary>Whether it is in the place of the file's own mapping.</summary>
        public bool IsCopy { get; } = isCopy;

        public bool IsTried { get; set; }

        public OpenedCode? Opened { get; set; }
    }

    private sealed record OpenedCode(CodeModule Module, NativeBinary Binary);
}
