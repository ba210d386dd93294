using System.Collections.Generic;
using System.Text;
using PyStack.Engine.Discovery.Containers;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Discovery;

/// <summary>Makes the public object of a Python process: version, user, container and whether it may be read.</summary>
internal sealed class ProcessDetails(IEngineLog log)
{
    private const int MaxGroupBytes = 65_536;

    private readonly UserNames _users = new();
    private readonly ContainerFinder _containers = new();

    // Exact versions by file: the second process of an interpreter costs nothing.
    private readonly Dictionary<(FileKey File, string Path), string> _versions = [];

    /// <summary>The object, or null if the process has ended meanwhile.</summary>
    public PyProcess? Describe(PythonProcess process)
    {
        ProcessFacts facts;
        try
        {
            facts = ProcessFacts.Read(process.ProcessId);
        }
        catch (EngineException)
        {
            return null;
        }

        if (facts.IsEnded)
        {
            return null;
        }

        MappedInterpreter interpreter = process.Interpreter;
        bool isAccessible = ProcessMemory.Read(process.AccessId, interpreter.Address, stackalloc byte[1]) == 1;
        PyInterpreter[] interpreters = process.MayHaveSeveral && isAccessible ? FindSeveral(process) : [];
        if (interpreters.Length == 0)
        {
            interpreters = [new PyInterpreter { PythonVersion = FindVersion(process, isAccessible), Path = interpreter.Path }];
        }

        string groups = ProcFile.TryRead(facts.AccessFolder + "/cgroup", MaxGroupBytes, out byte[] raw) ? Encoding.UTF8.GetString(raw) : "";
        ContainerPlace place = _containers.Find(facts, groups);
        ProcessUse use = ProcessUse.Read(facts);
        return new PyProcess
        {
            Id = process.ProcessId,
            Name = process.Name,
            ParentId = facts.ParentId,
            PythonVersion = interpreters[0].PythonVersion,
            Interpreters = interpreters,
            Implementation = interpreter.Implementation,
            Executable = interpreter.IsProgram ? interpreter.Path : process.Program,
            CommandLine = process.CommandLine,
            State = use.State,
            CpuTime = use.CpuTime,
            WorkingSet = use.WorkingSet,
            Threads = facts.ThreadCount,
            StartTime = Clocks.FromStartTicks(facts.StartTicks).ToLocalTime(),
            User = _users.Of(facts.UserIds.Effective),
            Container = place.Container,
            ContainerName = place.ContainerName,
            Pod = place.Pod,
            PodId = place.PodId,
            Namespace = place.Namespace,
            Unit = UnitName.FindInGroups(groups),
            IsReplaced = process.IsReplaced,
            IsAccessible = isAccessible,
        };
    }

    // Those that are initialised, in the order of their threads. A library can be loaded and never used.
    private PyInterpreter[] FindSeveral(PythonProcess process)
    {
        try
        {
            using LiveProcess live = LiveProcess.Open(process.ProcessId, ProcessorCatalogue.OfObserver, Limits.Default);
            IReadOnlyList<PythonRuntime> found = new RuntimeLocator(live, Limits.Default, SilentLog.Instance).LocateAll();
            PyInterpreter[] interpreters = new PyInterpreter[found.Count];
            for (int i = 0; i < interpreters.Length; i++)
            {
                interpreters[i] = new PyInterpreter { PythonVersion = found[i].Version.ToString(), Path = found[i].Module?.Path };
            }

            return interpreters;
        }
        catch (EngineException e)
        {
            log.Debug($"Process {process.ProcessId}: its interpreters cannot be listed: {e.Message}");
            return [];
        }
    }

    private string? FindVersion(PythonProcess process, bool isAccessible)
    {
        MappedInterpreter interpreter = process.Interpreter;
        (FileKey File, string Path) key = (interpreter.File, interpreter.Path);
        if (_versions.TryGetValue(key, out string? known))
        {
            return known;
        }

        // PyPy keeps its version in objects of its own.
        if (isAccessible && interpreter.Implementation == PyImplementation.CPython && TryReadVersion(process, out string exact))
        {
            _versions.Add(key, exact);
            return exact;
        }

        return interpreter.Version;
    }

    private bool TryReadVersion(PythonProcess process, out string text)
    {
        text = "";
        try
        {
            using LiveProcess live = LiveProcess.Open(process.ProcessId, ProcessorCatalogue.OfObserver, Limits.Default);
            foreach (Module module in live.Modules)
            {
                if (module.File == process.Interpreter.File && module.Path == process.Interpreter.Path
                    && TryReadVersion(live.Memory, module, out PythonVersion version))
                {
                    text = version.ToString();
                    log.Debug($"{module.Path}: Python {text}, read from process {process.ProcessId}.");
                    return true;
                }
            }
        }
        catch (EngineException e)
        {
            log.Debug($"Process {process.ProcessId}: its version cannot be read: {e.Message}");
        }

        return false;
    }

    // Py_Version is exported from 3.11 on (Include/pylifecycle.h); before 3.11, the text that Py_GetVersion has written is in the data.
    private static bool TryReadVersion(IMemorySource memory, Module module, out PythonVersion version)
    {
        if (ElfImage.TryFromMemory(memory, module.BaseAddress, Limits.Default, out ElfImage? image, out _)
            && image.TryFindSymbol("Py_Version"u8, out ElfSymbol symbol)
            && memory.TryRead(image.AddressOf(symbol), out uint hex))
        {
            version = VersionString.WithPlus(memory, module, PythonVersion.FromHex(hex));
            return true;
        }

        return VersionString.TryFindInData(memory, module, out version);
    }
}
