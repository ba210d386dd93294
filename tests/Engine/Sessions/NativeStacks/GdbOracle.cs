using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;

namespace PyStack.Engine.Tests.Sessions.NativeStacks;

/// <summary>One frame as gdb sees it.</summary>
internal sealed record GdbFrame(int ThreadId, string Kind, ulong Address, string Function, string File, int Line);

/// <summary>What gdb says of the native stacks of a process that waits.</summary>
internal static class GdbOracle
{
    /// <summary>The frames of each thread, outermost first. Frames that gdb makes up for calls that were jumps are left out: they are not on the stack.</summary>
    public static Dictionary<int, List<GdbFrame>> Stacks(int processId) => Parse(Print("-p", processId.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The same of an interpreter that has another root, or was started by its loader.</summary>
    public static Dictionary<int, List<GdbFrame>> Stacks(int processId, Interpreter interpreter) => Parse(Print(processId, interpreter));

    /// <summary>The same of a core.</summary>
    public static Dictionary<int, List<GdbFrame>> StacksOfCore(string executable, string core) => Parse(Print(executable, core));

    /// <summary>What gdb prints of a process, for <see cref="Parse"/>. Its program is named, since /proc/PID/exe may be the loader or in another root.</summary>
    public static string Print(int processId, Interpreter interpreter)
        => Print("-iex", $"set sysroot {(interpreter.HasOwnRoot ? RootOf(interpreter) : "/")}", interpreter.Executable, "-p", processId.ToString(CultureInfo.InvariantCulture));

    // Its file is <root>/usr/bin/<name>.
    private static string RootOf(Interpreter interpreter) => interpreter.Executable[..interpreter.Executable.LastIndexOf("/usr/bin/", System.StringComparison.Ordinal)];

    private static string Print(params string[] what)
        => Toolchain.Run("gdb", [.. Toolchain.QuietGdb, "-ex", "set backtrace past-main on", .. what, "-x", Programs.PathOf("gdb_stacks.py")]);

    /// <summary>The frames of each thread in what gdb has printed, outermost first.</summary>
    public static Dictionary<int, List<GdbFrame>> Parse(string output)
    {
        Dictionary<int, List<GdbFrame>> stacks = [];
        foreach (string line in output.Split('\n'))
        {
            string[] fields = line.Split('\t');
            if (fields.Length != 7 || fields[0] != "frame")
            {
                continue;
            }

            int threadId = int.Parse(fields[1], CultureInfo.InvariantCulture);
            if (!stacks.TryGetValue(threadId, out List<GdbFrame>? frames))
            {
                stacks.Add(threadId, frames = []);
            }

            if (fields[2] != "tail")
            {
                ulong address = ulong.Parse(fields[3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                frames.Insert(0, new GdbFrame(threadId, fields[2], address, fields[4], fields[5], int.Parse(fields[6], CultureInfo.InvariantCulture)));
            }
        }

        return stacks;
    }
}
