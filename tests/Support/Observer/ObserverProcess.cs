using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using PyStack.TestSupport.Targets;

namespace PyStack.TestSupport.Observer;

/// <summary>Starts <see cref="ObserverProgram"/>.</summary>
public static class ObserverProcess
{
    /// <summary>The runtime that runs us, and so can run the observer.</summary>
    private static string Dotnet
        => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    /// <param name="verb"><c>capture</c> or <c>loop</c>.</param>
    /// <param name="folder">Where the observer's assemblies are, if not beside ours.</param>
    /// <param name="prefix">A command that starts it, for example as another user.</param>
    public static Target Start(string verb, int processId, string? folder = null, IReadOnlyList<string>? prefix = null, bool noBlock = false)
    {
        string assembly = Path.Combine(folder ?? System.AppContext.BaseDirectory, "PyStack.TestSupport.dll");
        string[] mode = noBlock ? ["noblock"] : [];
        TargetOptions options = new() { WorkingDirectory = "/" };
        return Target.StartCommand(
            [.. prefix ?? [], Dotnet, assembly, verb, processId.ToString(CultureInfo.InvariantCulture), .. mode], options);
    }

    /// <summary>Starts an observer that reads a core.</summary>
    public static Target StartCore(string path, string folder, IReadOnlyList<string> prefix)
        => Target.StartCommand([.. prefix, Dotnet, Path.Combine(folder, "PyStack.TestSupport.dll"), "core", path], new TargetOptions { WorkingDirectory = "/" });

    /// <summary>A shell script that starts the observer with the words behind it.</summary>
    public static string ShellCommand => $"'{Dotnet}' '{Path.Combine(System.AppContext.BaseDirectory, "PyStack.TestSupport.dll")}'";

    /// <summary>Starts an observer that starts a child, captures it until it ends, and prints its exit code.</summary>
    public static Target StartParent(IReadOnlyList<string> command)
        => Target.StartCommand([Dotnet, Path.Combine(System.AppContext.BaseDirectory, "PyStack.TestSupport.dll"), "parent", .. command]);

    /// <summary>Copies what the observer needs to a folder, for a user who may not read ours.</summary>
    public static void CopyTo(string folder)
    {
        foreach (string file in Directory.GetFiles(System.AppContext.BaseDirectory, "PyStack.*"))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        string codecs = Directory.CreateDirectory(Path.Combine(folder, "codecs")).FullName;
        foreach (string file in Directory.GetFiles(Path.Combine(System.AppContext.BaseDirectory, "codecs")))
        {
            File.Copy(file, Path.Combine(codecs, Path.GetFileName(file)));
        }
    }
}
