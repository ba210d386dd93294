using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Results;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Sessions;

/// <summary>
/// What is known of a process from one capture to the next, and from one call to the next (<see cref="TargetContexts"/>). Nothing of it is used unseen: each part is compared
/// with the process as it is now, and made again where it differs. It holds no open file and no copy of the process's memory.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>maps, modules</term><description>the text of <c>/proc/PID/maps</c> is read again and compared (<see cref="ProcessMaps"/>)</description></item>
/// <item><term>CPythons</term><description>the generation of the modules is the same, and each has a living interpreter now</description></item>
/// <item><term>code objects</term><description>all that a code object's frame shows is read again and compared (<see cref="Python.Code.CodeCache"/>)</description></item>
/// <item><term>source files</term><description>the file has the same identity, size and time, and the process the same rights (<see cref="SourceCache"/>)</description></item>
/// <item><term>pages</term><description>only a guess of what will be read</description></item>
/// </list>
/// </remarks>
/// <param name="facts">Of the process when it was opened first.</param>
internal sealed class TargetContext(ProcessFacts facts)
{
    private readonly int _processId = facts.ProcessId;
    private readonly ulong _startTicks = facts.StartTicks;
    private readonly ulong _stackStart = facts.StackStart;
    private IReadOnlyList<PythonRuntime>? _runtimes;
    private int _runtimesGeneration;

    public ProcessMaps Maps { get; } = new();

    public PageHints Hints { get; } = new();

    public PageHints FactHints { get; } = new();

    public SourceCache Sources { get; } = new();

    /// <summary>Bytes of the observer's memory that it takes, about.</summary>
    public long Size
    {
        get
        {
            // A line of the map is some 100 bytes, and the objects that are made of it 300.
            long size = 4096 + (5L * Maps.TextLength) + Sources.Size + (8L * (Hints.Pages.Capacity + FactHints.Pages.Capacity));
            foreach (PythonRuntime runtime in _runtimes ?? [])
            {
                size += runtime.Codes.Size;
            }

            return size;
        }
    }

    /// <summary>
    /// Whether it is of this process and of the program that it runs now: start time and id name a process for good, and each program that it starts (exec) has its stack
    /// elsewhere. Without address space randomisation that can be the same place; what is compared of each part decides then.
    /// </summary>
    public bool IsOf(ProcessFacts process)
        => process.ProcessId == _processId && process.StartTicks == _startTicks && process.StackStart == _stackStart && process.StackStart != 0;

    /// <summary>The CPythons, if they were found in the modules as these are now and are alive.</summary>
    public IReadOnlyList<PythonRuntime>? FindRuntimes(RuntimeLocator locator)
        => _runtimes is not null && _runtimesGeneration == Maps.Generation && locator.AreAlive(_runtimes) ? _runtimes : null;

    /// <summary>Keeps what was found in the modules as they are now.</summary>
    public void KeepRuntimes(IReadOnlyList<PythonRuntime> runtimes, RuntimeLocator locator)
        => (_runtimes, _runtimesGeneration) = (locator.IsSettled ? runtimes : null, Maps.Generation);
}
