using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Runtime.Search;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Saved;

namespace PyStack.Engine.Python.Runtime;

/// <summary>Finds the Python interpreter of a target, and how its structs are laid out.</summary>
/// <param name="isExhaustive">Whether to search all of its memory if the other ways fail.</param>
internal sealed class RuntimeLocator(
    ITarget target, Limits limits, IEngineLog log, bool isExhaustive = false, CancellationToken cancellation = default)
{
    private const string ReportAction
        = "Run again with -Verbose to see what was tried.";

    private readonly Emulator? _emulator = Emulator.Of(target);
    private bool _isFinalizing;
    private string? _lastProblem;
    private string? _unsupported;

    /// <summary>
    /// Whether another look at the same modules can only find the same CPythons: no module was met that may become one later, as one does that is loaded and not initialised yet.
    /// </summary>
    public bool IsSettled { get; private set; } = true;

    /// <summary>Whether CPythons that were found in the same modules before are all alive still.</summary>
    public bool AreAlive(IReadOnlyList<PythonRuntime> runtimes)
    {
        foreach (PythonRuntime runtime in runtimes)
        {
            if (!IsAlive(runtime.Address, runtime.Layout, out _))
            {
                return false;
            }
        }

        foreach (PythonRuntime runtime in runtimes)
        {
            log.Verbose($"{runtime.Module?.Path}: Python {runtime.Version}, its runtime at 0x{runtime.Address:x}, as at the last look.");
            WarnIfNewerThanKnown(runtime);
        }

        return true;
    }

    /// <summary>The first CPython of the target.</summary>
    /// <inheritdoc cref="LocateAll"/>
    public PythonRuntime Locate() => LocateAll()[0];

    /// <summary>
    /// All initialised CPythons of the target, nearly always one. Of several the program's own comes first, then its libraries in the order in which they were most likely
    /// loaded: new mappings go to lower addresses.
    /// </summary>
    /// <exception cref="EngineException">NotPython, UnsupportedPython, InterpreterNotFound or NoPythonStack.</exception>
    public IReadOnlyList<PythonRuntime> LocateAll()
    {
        List<PythonRuntime> found = [];
        FindSaved(found);
        if (found.Count > 0)
        {
            return found;
        }

        bool isNamedPython = false;
        List<Module> likely = RuntimeCandidates.List(target);
        foreach (Module module in likely)
        {
            bool isNamed = RuntimeCandidates.IsNamedPython(module);
            isNamedPython |= isNamed;
            TryAdd(module, isNamed, found);
        }

        foreach (Module module in RuntimeCandidates.Others(target, likely))
        {
            TryAdd(module, isNamed: false, found);
        }

        if (found.Count > 0)
        {
            found.Sort((left, right) => (right.Module == target.Executable).CompareTo(left.Module == target.Executable) is not 0 and int byProgram
                ? byProgram : right.Code.Start.CompareTo(left.Code.Start));
            return found;
        }

        IsSettled = false;
        if ((isExhaustive || _emulator is not null) && SearchEverything() is PythonRuntime hidden)
        {
            return [hidden];
        }

        foreach (Module module in target.Modules)
        {
            if (RuntimeCandidates.IsNamedPyPy(module))
            {
                _unsupported ??= "PyPy";
            }
        }

        throw Explain(isNamedPython);
    }

    // A core that PyStack has saved says where they are, and has not the memory to search for them.
    private void FindSaved(List<PythonRuntime> found)
    {
        foreach (SavedRuntime? saved in target.Saved?.Process.Runtimes ?? [])
        {
            if (saved is null || found.Count >= limits.Runtimes)
            {
                continue;
            }

            PythonVersion version = PythonVersion.FromHex(saved.Version) with { IsAfterRelease = saved.IsAfterRelease };
            Module? module = null;
            foreach (Module one in target.Modules)
            {
                module = one.BaseAddress == saved.Module ? one : module;
            }

            DebugOffsets? offsets = DebugOffsets.TryRead(target.Memory, saved.Address, out DebugOffsets own, out _) ? own : null;
            if (TryGetLayout(module?.Path ?? "", version, offsets, out PythonLayout layout) && IsAlive(saved.Address, layout, out _))
            {
                found.Add(WarnIfNewerThanKnown(new PythonRuntime(saved.Address, version, layout, RuntimeVariables.Of(saved.Variables)) { Module = module }));
            }
        }
    }

    // After the first one only modules are searched that are large enough for another one.
    private void TryAdd(Module module, bool isNamed, List<PythonRuntime> found)
    {
        cancellation.ThrowIfCancellationRequested();
        if ((found.Count > 0 && !RuntimeCandidates.IsLargeEnough(module)) || found.Count >= limits.Runtimes)
        {
            return;
        }

        if (TryModule(module, isNamed) is PythonRuntime runtime && !found.Exists(other => IsSame(other, runtime)))
        {
            found.Add(runtime with { Module = module });
        }
    }

    // A symbol of one module can lead to the data of another, and a search can find one module's interpreter by a pointer in another's data.
    private bool IsSame(PythonRuntime left, PythonRuntime right)
        => left.Address == right.Address
            || (target.Memory.TryReadPointer(left.Address + (ulong)left.Layout.Runtime.InterpretersHead, out ulong leftHead)
                && target.Memory.TryReadPointer(right.Address + (ulong)right.Layout.Runtime.InterpretersHead, out ulong rightHead)
                && leftHead == rightHead);

    private PythonRuntime? TryModule(Module module, bool isNamed)
    {
        using RuntimeProbe probe = new(target, module, limits, log);
        if (probe.Is32Bit && isNamed)
        {
            _unsupported ??= "a 32-bit Python";
            Reject(module, "it is a 32-bit program");
            return null;
        }

        string? buildId = probe.BuildId;
        if (KnownBinaries.TryGet(module, buildId, out KnownBinary known) && TryKnown(probe, module, known) is PythonRuntime again)
        {
            return again;
        }

        bool isPython = isNamed || probe.ExportsPython;
        if (!isPython && module != target.Executable)
        {
            return null;
        }

        bool hasRuntime = probe.TryFindRuntime(out ulong address);
        if (!hasRuntime && !isPython && !probe.HoldsVersionText)
        {
            IsSettled = false;
            return null;
        }

        if (!probe.TryFindVersion(address, out PythonVersion version, out DebugOffsets? offsets))
        {
            Reject(module, "its version cannot be found");
            return null;
        }

        if (!isPython && !hasRuntime && !LayoutCatalogue.Knows(version))
        {
            // Another program's own version text.
            IsSettled = false;
            return null;
        }

        if (!TryGetLayout(module.Path, version, offsets, out PythonLayout layout))
        {
            return null;
        }

        if (!hasRuntime && !TrySearchData(module, layout, out address))
        {
            Reject(module, "neither _PyRuntime nor interp_head can be found, and no pointer in its data leads to an interpreter");
            return null;
        }

        bool areVariablesOfFile = true;
        RuntimeVariables variables = layout.Runtime.IsStruct ? default : probe.FindVariables(out areVariablesOfFile);
        string what = $"{(layout.Runtime.IsStruct ? "_PyRuntime" : "interp_head")} at 0x{address:x}";
        if (!IsAlive(address, layout, out string problem))
        {
            Reject(module, $"{what} {problem}");
            _isFinalizing |= IsFinalizing(address, layout, variables) ?? HasEnded(probe, address, layout);
            return null;
        }

        log.Verbose($"{module.Path}: Python {version}, {what}.");
        PythonRuntime runtime = new(address, version, layout, variables);
        KnownBinaries.Add(module, buildId, KnownBinary.From(runtime, module.BaseAddress, areVariablesOfFile));
        return WarnIfNewerThanKnown(runtime);
    }

    private PythonRuntime? TryKnown(RuntimeProbe probe, Module module, KnownBinary known)
    {
        ulong address = known.AddressAt(module.BaseAddress);
        if (!probe.TryFindOwnVersion(address, out PythonVersion version, out DebugOffsets? offsets)
            || version.Hex != known.Version.Hex
            || !TryGetLayout(module.Path, version, offsets, out PythonLayout layout)
            || !IsAlive(address, layout, out _))
        {
            return null;
        }

        log.Verbose($"{module.Path}: Python {known.Version}, its runtime at 0x{address:x}, as in another process that runs this file.");
        return WarnIfNewerThanKnown(new PythonRuntime(address, known.Version, layout, known.VariablesAt(module.BaseAddress) ?? probe.FindVariables(out _)));
    }

    // Debug offsets override the catalogue; a free-threaded build or an unsupported series cannot be read without them.
    private bool TryGetLayout(string module, PythonVersion version, DebugOffsets? offsets, out PythonLayout layout)
    {
        string problem = "";
        if (offsets is not null && offsets.TryComplete(out layout, out problem))
        {
            return true;
        }

        if (LayoutCatalogue.TryGet(version, target.Processor.Machine, out layout) && offsets is not { IsFreeThreaded: true })
        {
            if (offsets is not null)
            {
                log.Verbose($"{module}: its debug offsets are not used: {problem}.");
            }

            return true;
        }

        string kind = offsets is { IsFreeThreaded: true } ? ", free-threaded" : "";
        _unsupported ??= $"Python {version}{kind}";
        Reject(module, $"Python {version}{kind} is not supported{(problem.Length > 0 ? ": " + problem : "")}");
        return false;
    }

    // The process runs on while it is searched, so it gets a few attempts, each with newly read memory.
    private bool TrySearchData(Module module, PythonLayout layout, out ulong address)
    {
        const int Tries = 3;
        address = 0;
        for (int i = 0; i < Tries; i++)
        {
            if (new RuntimeSearch(target, layout, cancellation).TryFind(module.Regions, out address))
            {
                log.Verbose($"{module.Path}: the runtime at 0x{address:x}, found by searching its data.");
                return true;
            }
        }

        return false;
    }

    private PythonRuntime? SearchEverything()
    {
        ExhaustiveSearch search = new(target, limits, log, cancellation);
        return search.TryFind(out ulong address, out PythonVersion version, out PythonLayout layout)
            ? WarnIfNewerThanKnown(new PythonRuntime(address, version, layout))
            : null;
    }

    private PythonRuntime WarnIfNewerThanKnown(PythonRuntime runtime)
    {
        if (!LayoutCatalogue.Knows(runtime.Version))
        {
            log.Warning($"Process {target.ProcessId} ({target.Name}) runs Python {runtime.Version}, which is newer than this PyStack: "
                + "it is read by its own debug offsets, and what is shown may be wrong. Check whether a newer PyStack supports it.");
        }

        return runtime;
    }

    // Threads come and go while they are examined, so a busy process gets a few attempts.
    private bool IsAlive(ulong runtime, PythonLayout layout, out string problem)
    {
        const int Tries = 5;
        problem = "";
        for (int i = 0; i < Tries; i++)
        {
            if (InterpreterValidator.IsAlive(target.Memory, runtime, layout, out problem))
            {
                return true;
            }
        }

        return false;
    }

    // Null where the version does not say.
    private bool? IsFinalizing(ulong runtime, PythonLayout layout, RuntimeVariables variables)
        => (layout.Runtime.Finalizing is int offset ? runtime + (ulong)offset : variables.Finalizing) is ulong place
            ? target.Memory.TryReadPointer(place, out ulong thread) && thread != 0
            : null;

    // 2.7 does not record its end: there is no interpreter any more, but there was one.
    private bool HasEnded(RuntimeProbe probe, ulong runtime, PythonLayout layout)
        => target.Memory.TryReadPointer(runtime + (ulong)layout.Runtime.InterpretersHead, out ulong interpreter)
            && interpreter == 0
            && probe.HasBeenInitialised(layout.Object);

    private void Reject(Module module, string problem) => Reject(module.Path, problem);

    private void Reject(string module, string problem)
    {
        IsSettled = false;
        _lastProblem = $"{module}: {problem}";
        log.Verbose(_lastProblem + ".");
    }

    private EngineException Explain(bool isNamedPython)
    {
        if (_isFinalizing)
        {
            log.Warning(Messages.Finalizing);
            return Messages.NoStack(target.ProcessId, target.Name);
        }

        string process = $"Process {target.ProcessId} ({target.Name})";
        if (_unsupported is string what)
        {
            return new EngineException(
                EngineError.UnsupportedPython,
                $"{process} runs {what}, which is not supported.",
                $"PyStack supports 64-bit builds of CPython {LayoutCatalogue.Supported}. Check whether a newer PyStack supports it.");
        }

        bool hasSearched = isExhaustive || _emulator is not null;
        string under = _emulator is Emulator { Name: string name } ? $" It runs under {name}, and the program that {name} executes was searched." : "";
        string help = _emulator is { MapsCodeAsData: true }
            ? "If it is Python, its memory is not where its pointers say: run the program for this machine's own processor (docker run without --platform). " : "";
        if (isNamedPython || _lastProblem is not null)
        {
            return new EngineException(
                EngineError.InterpreterNotFound,
                $"{process} has Python loaded, but no running interpreter was found ({_lastProblem}).{under}",
                "If the process is starting or ending, try again in a moment. " + help
                    + (hasSearched ? "" : "-Exhaustive also searches its heap. ") + ReportAction);
        }

        return new EngineException(
            EngineError.NotPython,
            $"{process} is not a Python process: neither its program nor one of its libraries contains a Python interpreter"
                    + (hasSearched ? ", nor does anything else in its memory." : ".") + under,
            help + "Get-PyProcess lists the Python processes. " + ReportAction);
    }
}
