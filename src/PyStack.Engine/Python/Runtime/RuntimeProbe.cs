using System;
using System.Runtime.InteropServices;
using System.Text;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Python.Runtime;

/// <summary>Looks for an interpreter's runtime structure and version in one module.</summary>
internal sealed class RuntimeProbe : IDisposable
{
    /// <summary>Py_TPFLAGS_READY (Include/object.h of 2.7 and 3.6).</summary>
    private const ulong TypeIsReady = 1UL << 12;

    private const int MaxScannedBytes = 64 << 20;

    /// <summary>A real interpreter has one or two; more are an attack on our time.</summary>
    private const int MaxFalseCookies = 64;

    private readonly ITarget _target;
    private readonly Module _module;
    private readonly Limits _limits;
    private readonly IEngineLog _log;
    private readonly ElfImage? _inMemory;
    private ElfImage? _onDisk;
    private MappedFile? _file;
    private bool _hasLookedForFile;

    public RuntimeProbe(ITarget target, Module module, Limits limits, IEngineLog log)
    {
        _target = target;
        _module = module;
        _limits = limits;
        _log = log;
        if (!ElfImage.TryFromMemory(target.Memory, module.BaseAddress, limits, out _inMemory, out string problem))
        {
            log.Verbose($"{module.Path}: what is mapped at 0x{module.BaseAddress:x} {problem}.");
        }
    }

    /// <summary>The build-id of the mapped image, or null.</summary>
    public string? BuildId => _inMemory is not null && _inMemory.TryGetBuildId(out string? id) ? id : null;

    /// <summary>Whether the module exports Python's C API, whatever the name of its file is.</summary>
    public bool ExportsPython => _inMemory is not null && _inMemory.TryFindSymbol("Py_GetVersion"u8, out ElfSymbol symbol) && symbol.IsDefined;

    /// <summary>Whether an initialised interpreter's version text is in the module's data.</summary>
    public bool HoldsVersionText => VersionString.TryFindInData(_target.Memory, _module, out _);

    /// <summary>Whether the module is one of a 32-bit program.</summary>
    public bool Is32Bit => ElfHeader.Is32Bit(_target.Memory, _module.BaseAddress);

    /// <summary>
    /// Finds <c>_PyRuntime</c>: by its dynamic symbol, by the file's symbols, by its section, by its cookie. Or, to 3.6,
    /// <c>interp_head</c>, a static variable of Python/pystate.c that is only in the file's symbols.
    /// </summary>
    public bool TryFindRuntime(out ulong address)
    {
        if (TryFindSymbol("_PyRuntime"u8, out address) || TryFindSymbol("interp_head"u8, out address))
        {
            return true;
        }

        if (OnDisk is { } image && image.TryFindSection(".PyRuntime", out SectionHeader section)
            && TryGetBias(image, out ulong bias))
        {
            address = section.Address + bias;
            _log.Verbose($"{_module.Path}: section .PyRuntime at 0x{address:x}.");
            return true;
        }

        if (TryFindCookie(out address))
        {
            _log.Verbose($"{_module.Path}: debug offsets at 0x{address:x}, found by their cookie.");
            return true;
        }

        _log.Verbose($"{_module.Path}: no symbol _PyRuntime or interp_head, no section .PyRuntime, no debug offsets.");
        return false;
    }

    /// <summary>Finds the version in the process: debug offsets, symbol <c>Py_Version</c>, the text of <c>Py_GetVersion</c>.</summary>
    /// <param name="runtime">The address of the runtime, or 0.</param>
    public bool TryFindOwnVersion(ulong runtime, out PythonVersion version, out DebugOffsets? offsets)
    {
        offsets = null;
        string problem = "";
        if (runtime != 0 && DebugOffsets.TryRead(_target.Memory, runtime, out offsets, out problem))
        {
            version = offsets.Version;
            _log.Verbose($"{_module.Path}: version {version}, from its debug offsets.");
            return true;
        }

        if (problem == DebugOffsets.NoCookie)
        {
            _log.Debug($"{_module.Path}: {problem}.");
        }
        else if (problem.Length > 0)
        {
            _log.Verbose($"{_module.Path}: its debug offsets are not used: {problem}.");
        }

        offsets = null;
        // It is exported, so the dynamic symbols have it if any table has; a miss in the file's symbol table scans the whole table.
        if (_inMemory is not null && _inMemory.TryFindSymbol("Py_Version"u8, out ElfSymbol symbol)
            && _target.Memory.TryRead(_inMemory.AddressOf(symbol), out uint hex))
        {
            version = PythonVersion.FromHex(hex);
            _log.Verbose($"{_module.Path}: version {version}, from the symbol Py_Version.");
            return true;
        }

        if (VersionString.TryFindInData(_target.Memory, _module, out version))
        {
            _log.Verbose($"{_module.Path}: version {version}, from its version text.");
            return true;
        }

        version = default;
        return false;
    }

    /// <summary>Finds the version: from the process itself, with its <c>+</c>, then from the file's name.</summary>
    /// <param name="runtime">The address that <see cref="TryFindRuntime"/> found, or 0.</param>
    public bool TryFindVersion(ulong runtime, out PythonVersion version, out DebugOffsets? offsets)
    {
        if (TryFindOwnVersion(runtime, out version, out offsets))
        {
            version = version.IsAfterRelease ? version : VersionString.WithPlus(_target.Memory, _module, version);
            return true;
        }

        if (VersionString.TryFindInFileName(_module.FileName, out version))
        {
            _log.Verbose($"{_module.Path}: version {version.Major}.{version.Minor}, from the file's name.");
            return true;
        }

        return false;
    }

    /// <summary>Finds what versions without <c>_PyRuntime</c> keep in separate variables, as far as there are symbols for them.</summary>
    /// <param name="isOfFile">Whether their offsets come from the file itself, which one process cannot change for another.</param>
    public RuntimeVariables FindVariables(out bool isOfFile)
    {
        isOfFile = OnDisk is not null;
        return new(
            GilHolder: FindFixed("_PyThreadState_Current"u8),
            Finalizing: FindFixed("_Py_Finalizing"u8),
            Collecting: FindFixed("collecting"u8),
            GilLastHolder: FindFixed("gil_last_holder"u8),
            GilLocked: FindFixed("gil_locked"u8),
            GilSwitchNumber: FindFixed("gil_switch_number"u8),
            YoungestGeneration: FindFixed("_PyGC_generation0"u8));
    }

    /// <summary>
    /// Whether the interpreter has been initialised at any time: initialisation makes the built-in types ready, and they stay ready when
    /// it ends.
    /// </summary>
    public bool HasBeenInitialised(ObjectLayout layout)
        => FindSymbol("PyBaseObject_Type"u8) is ulong type
            && _target.Memory.TryRead(type + (ulong)layout.TypeFlags, out ulong flags)
            && (flags & TypeIsReady) != 0;

    public void Dispose() => _file?.Dispose();

    private ElfImage? OnDisk
    {
        get
        {
            if (!_hasLookedForFile)
            {
                _hasLookedForFile = true;
                if (!_target.TryOpen(_module, out _file))
                {
                    _log.Verbose($"{_module.Path}: the mapped file itself cannot be opened.");
                }
                else if (!ElfImage.TryFromFile(_file, _limits, out _onDisk, out string problem))
                {
                    _log.Verbose($"{_module.Path} {problem}.");
                }
            }

            return _onDisk;
        }
    }

    private bool TryFindSymbol(ReadOnlySpan<byte> name, out ulong address)
    {
        if (_inMemory is not null && _inMemory.TryFindSymbol(name, out ElfSymbol symbol))
        {
            address = _inMemory.AddressOf(symbol);
            Report(name, "dynamic symbol", address);
            return true;
        }

        if (OnDisk is { } image && image.TryFindSymbol(name, out symbol) && TryGetBias(image, out ulong bias))
        {
            address = symbol.Value + bias;
            Report(name, "symbol of the file", address);
            return true;
        }

        address = 0;
        return false;
    }

    private ulong? FindFixed(ReadOnlySpan<byte> name)
    {
        if (OnDisk is { } image)
        {
            return image.TryFindSymbol(name, out ElfSymbol symbol) && TryGetBias(image, out ulong bias) ? symbol.Value + bias : null;
        }

        return FindSymbol(name);
    }

    private ulong? FindSymbol(ReadOnlySpan<byte> name) => TryFindSymbol(name, out ulong address) ? address : null;

    private bool TryGetBias(ElfImage image, out ulong bias)
        => image.TryGetLoadBias(_module.BaseAddress, out bias);

    private void Report(ReadOnlySpan<byte> name, string kind, ulong address)
    {
        if (_log.IsDebugEnabled)
        {
            _log.Debug($"{_module.Path}: {kind} {Encoding.ASCII.GetString(name)} at 0x{address:x}.");
        }
    }

    private bool TryFindCookie(out ulong address)
    {
        byte[] buffer = new byte[1 << 16];
        int budget = MaxScannedBytes;
        int falseCookies = 0;
        foreach (MemoryRegion region in _module.Regions)
        {
            if (!region.IsWritable || region.IsAnonymous)
            {
                continue;
            }

            for (ulong at = region.Range.Start; at < region.Range.End && budget > 0 && falseCookies < MaxFalseCookies; at += (ulong)buffer.Length)
            {
                budget -= buffer.Length;
                int length = (int)Math.Min((ulong)buffer.Length, region.Range.End - at);
                int count = _target.Memory.Read(at, buffer.AsSpan(0, length));
                ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(buffer.AsSpan(0, count));
                for (int index = 0; index < words.Length && falseCookies < MaxFalseCookies; index++)
                {
                    // The same eight bytes also occur in the code that initialises the block.
                    address = at + ((ulong)index * sizeof(ulong));
                    if (words[index] == DebugOffsets.Cookie)
                    {
                        if (DebugOffsets.TryRead(_target.Memory, address, out _, out _))
                        {
                            return true;
                        }

                        falseCookies++;
                    }
                }
            }
        }

        address = 0;
        return false;
    }
}
