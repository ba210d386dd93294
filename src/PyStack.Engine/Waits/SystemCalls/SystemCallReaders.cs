using System;
using System.Collections.Generic;

namespace PyStack.Engine.Waits.SystemCalls;

/// <summary>The readers of all kinds of system calls, by the calls' names.</summary>
internal static class SystemCallReaders
{
    private static readonly Dictionary<string, ISystemCallReader> ByName = Index(
        new FutexCalls(), new DescriptorCalls(), new PollCalls(), new SelectCalls(), new EpollCalls(), new SleepCalls(), new ConnectCalls(), new ChildCalls(), new FileLockCalls(), new SignalCalls(), new PathCalls());

    public static ISystemCallReader? Of(string name) => ByName.GetValueOrDefault(name);

    private static Dictionary<string, ISystemCallReader> Index(params ReadOnlySpan<ISystemCallReader> readers)
    {
        Dictionary<string, ISystemCallReader> index = new(StringComparer.Ordinal);
        foreach (ISystemCallReader reader in readers)
        {
            foreach (string name in reader.Names)
            {
                index.Add(name, reader);
            }
        }

        return index;
    }
}
