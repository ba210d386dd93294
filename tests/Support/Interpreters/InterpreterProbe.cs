using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using PyStack.TestSupport.Targets;
using PyStack.TestSupport.Toolchains;

namespace PyStack.TestSupport.Interpreters;

/// <summary>Asks an interpreter who it is, by running it.</summary>
internal static class InterpreterProbe
{
    private const string Question = """
        from __future__ import print_function
        import os, platform, sys, sysconfig
        print(platform.python_implementation(), platform.python_version(), sys.version_info[0], sys.version_info[1],
              int(bool(sysconfig.get_config_var("Py_GIL_DISABLED"))), int(hasattr(sys, "gettotalrefcount")),
              int(hasattr(sys, "_jit") and sys._jit.is_enabled()))
        """;

    /// <summary>The interpreter that answered, or null and why there is none.</summary>
    public static Interpreter? Ask(
        IReadOnlyList<string> command, string executable, string origin, out string? refusal, string? programs = null)
    {
        string output;
        try
        {
            // Each test process asks, and each interpreter would be started for it. What its file answered holds for that file; a root can also be one that we may not enter today.
            output = programs is null
                ? File.ReadAllText(BuildCache.Get("answer", executable, [.. command, Question], folder => File.WriteAllText(Path.Combine(folder, "answer"), Commands.Run([.. command, "-c", Question]))))
                : Commands.Run([.. command, "-c", Question]);
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            refusal = $"{string.Join(' ', command)} does not start: {e.Message.Trim()}";
            return null;
        }

        string[] words = output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 7 || words[0] != "CPython")
        {
            refusal = $"{string.Join(' ', command)} is no CPython: {output.Trim()}";
            return null;
        }

        refusal = null;
        bool isFreeThreaded = words[4] == "1";
        return new Interpreter
        {
            Name = $"{words[1]}{(isFreeThreaded ? "t" : "")} {origin}",
            Version = words[1],
            Major = int.Parse(words[2], CultureInfo.InvariantCulture),
            Minor = int.Parse(words[3], CultureInfo.InvariantCulture),
            IsFreeThreaded = isFreeThreaded,
            IsDebugBuild = words[5] == "1",
            IsJit = words[6] == "1",
            Executable = executable,
            Command = command,
            ProgramsAsSeen = programs ?? Programs.Folder,
            HasOwnRoot = programs is not null,
        };
    }

    /// <summary>The file behind all links, if it is a program of the machine's own and not a script, as pyenv's shims are.</summary>
    public static bool TryResolveElf(string path, out string resolved)
    {
        resolved = path;
        Span<byte> magic = stackalloc byte[4];
        try
        {
            using FileStream file = File.OpenRead(path);
            resolved = File.ResolveLinkTarget($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}", returnFinalTarget: true)!.FullName;
            return file.ReadAtLeast(magic, 4, throwOnEndOfStream: false) == 4 && magic.SequenceEqual("\u007fELF"u8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
