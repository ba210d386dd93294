using System;
using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Waits.Descriptors;

namespace PyStack.Engine.Waits.SystemCalls;

/// <summary>A system call that a thread is blocked in, and where to look for what it means.</summary>
/// <param name="budget">When it ends, descriptors are only numbers, and times those that were asked for.</param>
internal sealed class SystemCallContext(ITarget target, WaitBudget budget)
{
    /// <summary>PATH_MAX (linux/limits.h).</summary>
    private const int MaxPath = 4096;

    private readonly DescriptorReader? _descriptors = target is LiveProcess process ? new DescriptorReader(process.ProcessId, budget) : null;

    public ITarget Target => target;

    /// <summary>The running process; null of a core.</summary>
    public LiveProcess? Process { get; } = target as LiveProcess;

    public WaitTimes Times { get; } = new(target.Memory, target as LiveProcess, budget);

    public IMemorySource Memory => target.Memory;

    public DescriptorReader? Descriptors => _descriptors;

    /// <summary>The locks of files; read once.</summary>
    public FileLocks Locks { get; } = new();

    /// <summary>The children of the running process; read once.</summary>
    public Children Children => field ??= new Children(target.ProcessId);

    /// <summary>As the observer counts.</summary>
    public int ThreadId { get; private set; }

    /// <summary>The kernel's name.</summary>
    public string Name { get; private set; } = "";

    public SystemCall Call { get; private set; }

    /// <summary>The descriptor in the first argument.</summary>
    public Descriptor First => Open(Call.First);

    /// <summary>Goes on to another call.</summary>
    public SystemCallContext At(int threadId, string name, in SystemCall call)
    {
        ThreadId = threadId;
        Name = name;
        Call = call;
        return this;
    }

    /// <summary>A descriptor of the thread: the lower 32 bits of an argument.</summary>
    public Descriptor Open(ulong argument)
        => _descriptors?.Read(ThreadId, (int)argument) ?? new Descriptor((int)argument, DescriptorKind.Unknown, null);

    /// <summary>Some descriptors of the thread, the first <paramref name="most"/> of them.</summary>
    public IReadOnlyList<Descriptor> OpenAll(List<int> numbers, int most)
    {
        List<Descriptor> opened = [];
        foreach (int number in numbers)
        {
            if (opened.Count == most)
            {
                break;
            }

            opened.Add(Open((ulong)number));
        }

        return opened;
    }

    /// <summary>A path in the target's memory; null if it cannot be read, or does not end.</summary>
    public string? ReadPath(ulong address)
    {
        Span<byte> bytes = stackalloc byte[MaxPath];
        int count = address == 0 ? 0 : Memory.Read(address, bytes);
        int end = bytes[..count].IndexOf((byte)0);
        return end > 0 ? PathText.Decode(bytes[..end]) : null;
    }

    /// <summary>An address as the objects have it.</summary>
    public static string Hex(ulong address) => "0x" + address.ToString("x", CultureInfo.InvariantCulture);
}
