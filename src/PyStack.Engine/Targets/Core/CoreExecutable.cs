using System;
using System.IO;
using System.Runtime.InteropServices;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Targets.Core;

/// <summary>The program that the user names for a core: a binary, or a script that names its own interpreter.</summary>
internal static class CoreExecutable
{
    // The kernel reads as much of a script's first line (BINPRM_BUF_SIZE, linux/binfmts.h).
    private const int LongestShebang = 256;

    /// <summary>The search with the binary that the user has named.</summary>
    /// <exception cref="EngineException">There is no such file.</exception>
    public static CoreSearch Resolve(CoreSearch search, IEngineLog log)
    {
        if (search.Executable is not string path)
        {
            return search;
        }

        if (!IsFile(path, out int error))
        {
            throw new EngineException(
                EngineError.ExecutableNotFound,
                error is 0 or Errno.ENOENT ? $"There is no file {path}." : $"{path} cannot be opened: {Marshal.GetPInvokeErrorMessage(error)}.",
                "Give the program that the process ran as -Executable; Get-PyCore shows its name and build-id.");
        }

        if (InterpreterOf(FirstLine(path)) is not string interpreter)
        {
            return search;
        }

        log.Verbose($"{path} is a script for {interpreter}.");
        return search with { Executable = interpreter };
    }

    /// <summary>The error of a core whose program is not on this machine.</summary>
    public static EngineException Missing(string core, string? program, EngineException cause) => new(
        EngineError.ExecutableNotFound,
        $"Failed to locate {program ?? "the program"}, of which {core} is the core: without it no Python was found.",
        $"Give the program as -Executable, and its libraries by -LibrarySearchPath or -LibrarySearchRoot. Without them: {cause.Message}");

    /// <summary>The interpreter that a script's first line names; null if it names none.</summary>
    internal static string? InterpreterOf(string line)
    {
        string[] words = line.StartsWith("#!", StringComparison.Ordinal) ? line[2..].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries) : [];
        if (words.Length == 0)
        {
            return null;
        }

        if (!words[0].EndsWith("/env", StringComparison.Ordinal))
        {
            return words[0];
        }

        // env [-S] [NAME=VALUE] PROGRAM
        string? name = Array.Find(words, word => word != words[0] && !word.StartsWith('-') && !word.Contains('=', StringComparison.Ordinal));
        foreach (string folder in name is null ? [] : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            string place = Path.Combine(folder, name!);
            if (IsFile(place, out _))
            {
                return place;
            }
        }

        return name;
    }

    private static bool IsFile(string path, out int error)
    {
        bool isThere = FileCalls.TryGetStatus(path, out FileCalls.FileStatus status);
        error = isThere ? 0 : Marshal.GetLastPInvokeError();
        return isThere && status.IsRegularFile;
    }

    private static string FirstLine(string path)
    {
        if (!MappedFile.TryOpen(path, out MappedFile? file, out _))
        {
            return "";
        }

        using (file)
        {
            byte[] bytes = new byte[LongestShebang];
            int count = file.Read(0, bytes);
            int end = Array.IndexOf(bytes, (byte)'\n', 0, count);
            return PathText.Decode(bytes.AsSpan(0, end < 0 ? count : end));
        }
    }
}
