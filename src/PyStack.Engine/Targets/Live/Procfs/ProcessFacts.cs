using System;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using PyStack.Engine.Native;
using PyStack.Engine.Targets.Live.Access;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>What <c>/proc/PID/status</c> and <c>/proc/PID/stat</c> say of a process (proc_pid_status(5), proc_pid_stat(5)).</summary>
/// <param name="ThreadGroupId">The process's id; different from the requested one if that is a thread's.</param>
/// <param name="State">R, S, D, T, t, Z, X, I; Z only if no thread is left.</param>
/// <param name="TracerId">The process that traces it, or 0.</param>
/// <param name="UserId">Its real user id.</param>
/// <param name="StartTicks">When it started, in clock ticks since boot: together with the id it identifies the process uniquely.</param>
internal sealed record ProcessFacts(
    int ProcessId, string Name, int ThreadGroupId, char State, int TracerId, int UserId, ulong StartTicks)
{
    private const int MaxStatBytes = 4096;

    /// <summary>Field 22 of stat, counted from the state (field 3), which follows the name's closing bracket.</summary>
    private const int StartTimeIndex = 22 - 3;

    /// <summary>Field 4 of stat.</summary>
    private const int ParentIndex = 4 - 3;

    /// <summary>Fields 5 and 6 of stat.</summary>
    private const int GroupIndex = 5 - 3;
    private const int SessionIndex = 6 - 3;

    /// <summary>Field 9 of stat, the kernel's flags of the process.</summary>
    private const int FlagsIndex = 9 - 3;

    /// <summary>Field 28 of stat, the bottom of the main thread's stack.</summary>
    private const int StackStartIndex = 28 - 3;

    /// <summary>PF_KTHREAD (linux/sched.h).</summary>
    private const ulong KernelThreadFlag = 0x0020_0000;

    /// <summary>How many threads the process has now.</summary>
    public int CountThreads() => ThreadDirectory.List(Folder(ProcessId) + "/task/").Count;

    public bool IsEnded => State is 'Z' or 'X';

    /// <exception cref="EngineException">There is no such process.</exception>
    public static ProcessFacts Read(int processId)
    {
        string folder = Folder(processId);
        if (processId <= 0
            || !ProcFile.TryReadStatus(folder, out byte[] status)
            || !ProcFile.TryReadRecord(folder + "/stat", MaxStatBytes, out byte[] stat))
        {
            throw NotFound(processId);
        }

        _ = ProcFile.TryFindField(status, "Name"u8, out ReadOnlySpan<byte> name);
        _ = ProcFile.TryFindField(status, "State"u8, out ReadOnlySpan<byte> state);
        char stateLetter = state.IsEmpty ? '?' : (char)state[0];
        int accessId = stateLetter is 'Z' or 'X' ? FindLivingThread(processId) : processId;
        return new ProcessFacts(
            processId,
            Encoding.UTF8.GetString(name),
            ProcFile.ReadNumber(status, "Tgid"u8),
            accessId == 0 || accessId == processId ? stateLetter : 'S',
            Math.Max(0, ProcFile.ReadNumber(status, "TracerPid"u8)),
            ProcFile.ReadNumber(status, "Uid"u8),
            ReadStatField(stat, StartTimeIndex))
        {
            AccessId = accessId == 0 ? processId : accessId,
            Status = status,
            UserIds = CredentialIds.Read(status, "Uid"u8),
            GroupIds = CredentialIds.Read(status, "Gid"u8),
            PermittedCapabilities = CredentialIds.ReadSet(status, "CapPrm"u8),
            ThreadCount = Math.Max(0, ProcFile.ReadNumber(status, "Threads"u8)),
            ParentId = (int)Math.Min(int.MaxValue, ReadStatField(stat, ParentIndex)),
            JobGroupId = (int)Math.Min(int.MaxValue, ReadStatField(stat, GroupIndex)),
            SessionId = (int)Math.Min(int.MaxValue, ReadStatField(stat, SessionIndex)),
            StackStart = ReadStatField(stat, StackStartIndex),
            IsKernelThread = (ReadStatField(stat, FlagsIndex) & KernelThreadFlag) != 0,
        };
    }

    /// <summary>As <see cref="Read"/>, but only for the id of a process, not of a thread.</summary>
    /// <exception cref="EngineException">There is no such process.</exception>
    public static ProcessFacts ReadLeader(int processId)
    {
        ProcNumbers.Require();
        ProcessFacts facts = Read(processId);
        return facts.ThreadGroupId == processId
            ? facts
            : throw new EngineException(
                EngineError.ProcessNotFound,
                $"No such process id: {processId}.",
                $"It is the id of a thread of process {facts.ThreadGroupId}; use -Id {facts.ThreadGroupId}.");
    }

    /// <summary>The parent of a process; false if there is no such process.</summary>
    public static bool TryReadParent(int processId, out int parentId)
    {
        bool isThere = ProcFile.TryReadRecord(Folder(processId) + "/stat", MaxStatBytes, out byte[] stat);
        parentId = isThere ? (int)Math.Min(int.MaxValue, ReadStatField(stat, ParentIndex)) : 0;
        return isThere;
    }

    // The main thread has ended: the process continues in its other threads, if there are any.
    private static int FindLivingThread(int processId)
    {
        foreach (int threadId in ThreadDirectory.List(Folder(processId) + "/task/"))
        {
            if (ProcFile.TryReadStatus($"{Folder(processId)}/task/{threadId}", out byte[] status)
                && ProcFile.TryFindField(status, "State"u8, out ReadOnlySpan<byte> state)
                && !state.StartsWith("Z"u8)
                && !state.StartsWith("X"u8))
            {
                return threadId;
            }
        }

        return 0;
    }

    /// <summary>
    /// A thread through which the process can be examined: its main thread, or another one if that has ended. A process
    /// whose main thread has ended shows nothing under its own id.
    /// </summary>
    public int AccessId { get; init; } = ProcessId;

    /// <summary>The status file that these were read from: that of the main thread.</summary>
    public ReadOnlyMemory<byte> Status { get; init; }

    /// <summary>Its user ids: real, effective and saved.</summary>
    public CredentialIds UserIds { get; init; }

    /// <summary>Its group ids: real, effective and saved.</summary>
    public CredentialIds GroupIds { get; init; }

    /// <summary>The capabilities that it may take on, one bit each (linux/capability.h).</summary>
    public ulong PermittedCapabilities { get; init; }

    public int ThreadCount { get; init; }

    /// <summary>Its parent process; 0 if that is not in our PID namespace.</summary>
    public int ParentId { get; init; }

    /// <summary>Its process group (setpgid(2)); 0 if that is not in our PID namespace.</summary>
    public int JobGroupId { get; init; }

    /// <summary>Its session (setsid(2)); 0 as for the group.</summary>
    public int SessionId { get; init; }

    /// <summary>Where its main thread's stack begins: each program that it starts (exec) has it elsewhere. 0 where we may not see it.</summary>
    public ulong StackStart { get; init; }

    /// <summary>Whether it is one of the kernel's own threads, which have no memory of their own.</summary>
    public bool IsKernelThread { get; init; }

    /// <summary>The procfs folder through which the process can be examined.</summary>
    public string AccessFolder => Folder(AccessId);

    /// <summary>Whether a thread is in an uninterruptible wait in the kernel (state D).</summary>
    public static bool IsUninterruptible(int processId, int threadId)
        => ProcFile.TryReadStatus($"{Folder(processId)}/task/{threadId}", out byte[] status)
            && ProcFile.TryFindField(status, "State"u8, out ReadOnlySpan<byte> state)
            && state.StartsWith("D"u8);

    /// <summary>Reads the name of the kernel function that a thread sleeps in (<c>wchan</c> in proc(5)): its length; 0 if it cannot be read.</summary>
    public static int ReadWaitChannel(int processId, int threadId, Span<byte> name)
        => ProcRead.Head(Encoding.ASCII.GetBytes($"{Folder(processId)}/task/{threadId}/wchan\0"), name);

    /// <summary>Whether the process has ended, or its id belongs to another process by now.</summary>
    public bool HasGone() => !TryReadAgain(out ProcessFacts now) || now.IsEnded || now.StartTicks != StartTicks;

    /// <summary>Whether the process runs another program by now, or the same one again (execve(2)).</summary>
    public bool HasOtherProgram() => TryReadAgain(out ProcessFacts now) && HasOtherProgram(now);

    /// <summary>The same by what was read of it later.</summary>
    public bool HasOtherProgram(ProcessFacts later) => StackStart != 0 && later.StackStart > 0 && later.StackStart != StackStart;

    /// <summary>Reads the facts of the process that has the id now; false if there is none.</summary>
    public bool TryReadAgain(out ProcessFacts now)
    {
        try
        {
            now = Read(ProcessId);
            return true;
        }
        catch (EngineException)
        {
            now = this;
            return false;
        }
    }

    public static string Folder(int processId) => "/proc/" + processId.ToString(CultureInfo.InvariantCulture);

    public static EngineException NotFound(int processId) => new(
        EngineError.ProcessNotFound,
        $"No such process id: {processId}.",
        "Get-PyProcess lists the Python processes." + ProcMount.Hint());

    public EngineException Exited(Exception? inner = null) => new(
        EngineError.ProcessExited,
        $"The process {ProcessId} ({Name}) ended while it was read.",
        "It has no stack any more. If the process crashes, let it write a core file and look at that.",
        inner);

    /// <summary>The error of a process that has started another program (exec).</summary>
    public EngineException Replaced(Exception? inner = null) => new(
        EngineError.ProcessExited,
        $"The program of process {ProcessId} ({Name}) ended while it was read: the process has started another one (exec).",
        "Run the command again: the process id is the same.",
        inner);

    private static ulong ReadStatField(ReadOnlySpan<byte> stat, int index)
    {
        // The name may hold blanks and brackets; the last closing bracket ends it.
        ReadOnlySpan<byte> rest = stat[(stat.LastIndexOf((byte)')') + 1)..].TrimStart((byte)' ');
        for (int i = 0; i < index; i++)
        {
            rest = rest[(rest.IndexOf((byte)' ') + 1)..];
        }

        return Utf8Parser.TryParse(rest, out ulong value, out _) ? value : 0;
    }
}
