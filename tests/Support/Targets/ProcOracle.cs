using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace PyStack.TestSupport.Targets;

/// <summary>What the kernel says about a process's threads: the oracle for everything that is not Python.</summary>
public static class ProcOracle
{
    /// <summary>The ids of the threads that the process has now; none if there is no such process.</summary>
    public static IReadOnlyList<int> Threads(int processId)
    {
        try
        {
            return [.. Directory.GetDirectories($"/proc/{processId}/task").Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)).Order()];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>The thread's name in the kernel, without its line end; null if it has ended.</summary>
    public static string? ThreadName(int processId, int threadId)
        => TryRead($"/proc/{processId}/task/{threadId}/comm") is { } name ? name[..^1] : null;

    /// <summary>The one letter that the kernel has for a thread's state: R, S, D, T, t, Z, X; '-' if it has ended.</summary>
    public static char State(int processId, int threadId) => Field(processId, threadId, "State:") is { Length: > 0 } state ? state[0] : '-';

    /// <summary>The process that traces the thread, 0 if none does.</summary>
    public static int Tracer(int processId, int threadId)
        => int.Parse(Field(processId, threadId, "TracerPid:") ?? "0", CultureInfo.InvariantCulture);

    /// <summary>The threads that are stopped or traced now, with their states and tracers; empty if all run or wait.</summary>
    public static string Held(int processId)
        => string.Join(", ", Threads(processId)
            .Select(thread => (Thread: thread, State: State(processId, thread), Tracer: Tracer(processId, thread)))
            .Where(one => one.State is 'T' or 't' || one.Tracer != 0)
            .Select(one => $"thread {one.Thread} in state {one.State}, tracer {one.Tracer}"));

    /// <summary>Fails unless every thread of the process is neither stopped nor traced, or is so no more in a moment.</summary>
    public static void AssertRunsFreely(int processId)
    {
        string held = "";
        if (!Wait.Within(Wait.Limit, () => (held = Held(processId)).Length == 0))
        {
            throw new InvalidOperationException($"Process {processId} was left stopped: {held}.");
        }
    }

    /// <summary>Whether the thread sits in the system call read(descriptor).</summary>
    public static bool IsReading(int processId, int threadId, int descriptor = 0)
        => TryRead($"/proc/{processId}/task/{threadId}/syscall")?.StartsWith($"{ReadNumber} 0x{descriptor:x} ", StringComparison.Ordinal) == true;

    /// <summary>Whether code of a file is mapped whose path contains the name. The loader maps a library's code after its first pages.</summary>
    public static bool HasCodeOf(int processId, string name)
        => TryRead($"/proc/{processId}/maps")?.Split('\n').Any(line => line.Contains(" r-xp ", StringComparison.Ordinal) && line.Contains(name, StringComparison.Ordinal)) == true;

    private static int ReadNumber
        => System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64 ? 0 : 63;

    private static string? Field(int processId, int threadId, string name)
        => TryRead($"/proc/{processId}/task/{threadId}/status")?.Split('\n')
            .FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..].Trim();

    private static string? TryRead(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
