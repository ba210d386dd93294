using System;
using Microsoft.Win32.SafeHandles;
using PyStack.Engine.Native;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Targets.Live.Access;

/// <summary>Collects the facts that decide whether we may read a process. It neither stops the process nor writes to it.</summary>
internal static class AccessDiagnosis
{
    /// <summary>Bytes of the maps of a process, in which a readable file is at or near the start.</summary>
    private const int MaxMapsBytes = 1 << 20;

    private const int MaxIdMapBytes = 4096;

    /// <summary>The error for an access that was refused, or for a process without memory to read.</summary>
    public static EngineException Explain(ProcessFacts target, AccessRefusal refusal)
        => AccessRules.Decide(Collect(target, ObserverFacts.Read(), refusal)).ToException(target);

    /// <summary>Finds out whether the kernel refuses access, by reading one byte.</summary>
    public static AccessFacts Look(ProcessFacts target, ObserverFacts observer)
    {
        AccessRefusal refusal = target.IsEnded || target.IsKernelThread || CanRead(target) ? AccessRefusal.None : AccessRefusal.Read;
        return Collect(refusal == AccessRefusal.None ? target with { TracerId = FindTracer(target) } : target, observer, refusal);
    }

    /// <summary>All facts about a process whose memory was, or was not, refused to us.</summary>
    public static AccessFacts Collect(ProcessFacts target, ObserverFacts observer, AccessRefusal refusal)
    {
        int tracer = target.TracerId == 0 ? 0 : ProcessOfThread(target.TracerId);
        return new AccessFacts
        {
            Observer = observer,
            Target = target,
            Refusal = refusal,
            IsSelf = target.ProcessId == Environment.ProcessId,
            TracerId = tracer,
            TracerName = tracer == 0 ? null : ProcFile.ReadLine(ProcessFacts.Folder(tracer) + "/comm"),
            IsSameUserNamespace = IsSameUserNamespace(target),
            IsSamePidNamespace = IsSameLink(target, "/ns/pid"),
            IsDumpable = IsDumpable(target),
        };
    }

    /// <summary>Whether one byte of a process that it can read itself can be read by us.</summary>
    private static bool CanRead(ProcessFacts target)
    {
        bool canRead = false;
        MapsScan scan = new(MaxMapsBytes);
        int error = scan.Visit(target.AccessFolder + "/maps", line =>
        {
            if (!MapsParser.TryParseLine(line, "", folder: null, out MemoryRegion? region) || !region!.IsReadable || !region.File.IsFile)
            {
                return true;
            }

            // A page of a truncated file cannot be read by anyone (EFAULT); another page is tried.
            int result = (int)ProcessMemory.Read(target.AccessId, region.Range.Start, stackalloc byte[1]);
            canRead = result == 1;
            return result == -Errno.EFAULT;
        });
        return error == 0 && canRead;
    }

    // A tracer can have one thread of a process only, and then no other tracer can have it.
    private static int FindTracer(ProcessFacts target)
    {
        if (target.TracerId > 0)
        {
            return target.TracerId;
        }

        string folder = ProcessFacts.Folder(target.ProcessId) + "/task/";
        foreach (int threadId in ThreadDirectory.List(folder))
        {
            if (ProcFile.TryReadStatus($"{folder}{threadId}", out byte[] status)
                && ProcFile.ReadNumber(status, "TracerPid"u8) is > 0 and int tracer)
            {
                return tracer;
            }
        }

        return 0;
    }

    // TracerPid is the id of the thread that traces.
    private static int ProcessOfThread(int threadId)
    {
        _ = ProcFile.TryReadStatus(ProcessFacts.Folder(threadId), out byte[] status);
        return ProcFile.ReadNumber(status, "Tgid"u8) is > 0 and int processId ? processId : threadId;
    }

    private static bool? IsSameLink(ProcessFacts target, string link)
        => LinkCalls.Read(target.AccessFolder + link, out string theirs) == 0 && LinkCalls.Read("/proc/self" + link, out string ours) == 0
            ? theirs == ours
            : null;

    private static bool? IsSameUserNamespace(ProcessFacts target)
    {
        // The link itself may be read only by those who may trace; the map of user ids by all. Equal maps prove nothing.
        return IsSameLink(target, "/ns/user")
            ?? (ProcFile.TryRead(target.AccessFolder + "/uid_map", MaxIdMapBytes, out byte[] map)
                && ProcFile.TryRead("/proc/self/uid_map", MaxIdMapBytes, out byte[] ours)
                && !map.AsSpan().SequenceEqual(ours) ? false : null);
    }

    // The files of an undumpable process belong to root (proc(5)); of a process of root's they always do.
    private static bool? IsDumpable(ProcessFacts target)
    {
        using SafeFileHandle file = FileCalls.Open(target.AccessFolder + "/status", FileCalls.ReadOnly | FileCalls.CloseOnExec);
        return target.UserIds.Effective == 0
            || file.IsInvalid
            || !FileCalls.TryGetStatus(file, out FileCalls.FileStatus status)
                ? null
                : status.UserId == unchecked((uint)target.UserIds.Effective);
    }
}
