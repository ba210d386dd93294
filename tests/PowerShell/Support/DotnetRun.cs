using System;
using System.Diagnostics;
using System.Threading;

namespace PyStack.Tests;

/// <summary>Commands of the SDK that build, pack or publish the repository's projects: one at a time, for they write to the same folders.</summary>
internal static class DotnetRun
{
    private static readonly Lock Gate = new();

    /// <summary>Runs <c>dotnet</c> to its end, and asserts that it succeeds.</summary>
    public static void Run(params string[] arguments)
    {
        ProcessStartInfo start = TestSupport.Targets.Commands.Quiet([HostRun.DotnetProgram, .. arguments]);
        Prepare(start);
        HostResult result = Alone(() => ProcessRun.Run(start, TimeSpan.FromMinutes(9)));
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)}: exit code {result.ExitCode}: {result.Output}{result.Error}");
        }
    }

    /// <summary>Does something while no other of these commands runs.</summary>
    public static T Alone<T>(Func<T> action)
    {
        lock (Gate)
        {
            return action();
        }
    }

    /// <summary>Nothing that a build leaves running may hold the pipes of this one open.</summary>
    public static void Prepare(ProcessStartInfo start)
    {
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
    }
}
