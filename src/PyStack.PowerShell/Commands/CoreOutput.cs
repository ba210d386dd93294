using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Globalization;
using System.IO;
using System.Management.Automation;
using System.Text;
using System.Threading;
using PyStack.Engine.Native;
using PyStack.Engine.Saving;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack;

/// <summary>Where cores are written: one path, or one for each process by its id and name.</summary>
internal sealed class CoreOutput
{
    private const string Action = "Give a path in the file system, such as './{0}.core'.";
    private const string Packed = ".zst";

    private readonly string _pattern;
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    private CoreOutput(string pattern) => _pattern = pattern;

    /// <summary>The place for a path as it was typed.</summary>
    /// <exception cref="EngineException">It is no path of a file system.</exception>
    public static CoreOutput Of(SessionState session, string path) => new(SessionPath.Resolve(session, path, Action));

    /// <summary>The file for a process: {0} is its id, {1} its name.</summary>
    /// <exception cref="EngineException">Another process has that file.</exception>
    public string PathFor(int processId)
    {
        string path = _pattern.Replace("{0}", processId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        if (path.Contains("{1}", StringComparison.Ordinal))
        {
            path = path.Replace("{1}", SafeName(ProcessFacts.Read(processId).Name), StringComparison.Ordinal);
        }

        return _used.Add(path)
            ? path
            : throw new EngineException(EngineError.InvalidArgument, $"{path} has the core of another process already", "Give a path with {0}, which is the id of the process, such as './{0}.core', with the quotes.");
    }

    /// <summary>Writes a core. The file is there when it is complete, and not before.</summary>
    /// <param name="isForced">Whether a read-only file is replaced.</param>
    /// <param name="isNew">Whether an existing file is an error.</param>
    /// <returns>The bytes of the core, and those of the file.</returns>
    /// <exception cref="EngineException">The file cannot be written; then nothing is left of it.</exception>
    public static (long Size, long Written) Write(string path, SavedCore core, bool isForced, bool isNew, CancellationToken cancellation)
    {
        Check(path, isForced, isNew);
        try
        {
            using NewFile file = NewFile.Begin(path);
            long size = path.EndsWith(Packed, StringComparison.OrdinalIgnoreCase) ? core.WritePacked(file.Stream, cancellation) : core.Write(file.Stream, cancellation);
            file.Stream.Flush();
            long written = file.Stream.Length;
            file.Complete(isNew);
            return (size, written);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw e.InnerException is Win32Exception { NativeErrorCode: Errno.EEXIST }
                ? Exists(path)
                : new EngineException(EngineError.CannotWrite, $"{path} cannot be written: {e.Message.TrimEnd('.')}", "Give the path of a file in a folder of yours that exists, on a disk that has room. Nothing was left there.", e);
        }
    }

    // A device or a pipe would be replaced by the core, and a link is somebody's: neither is what is meant by a file to write.
    private static void Check(string path, bool isForced, bool isNew)
    {
        if (Directory.Exists(path))
        {
            throw new EngineException(EngineError.CannotWrite, $"{path} is a folder", "Give the path of a file in it, such as '{0}.core'.");
        }

        bool isLink = FileCalls.IsLink(path);
        if (!isLink && !FileCalls.TryGetStatus(path, out FileCalls.FileStatus _))
        {
            return;
        }

        FileCalls.FileStatus status = default;
        if (isLink || !FileCalls.TryGetStatus(path, out status) || !status.IsRegularFile)
        {
            throw new EngineException(EngineError.CannotWrite, $"{path} is {(isLink ? "a symbolic link" : "no regular file")}: it is not replaced", "Give the path of a file that does not exist, or of a regular one.");
        }

        if (isNew)
        {
            throw Exists(path);
        }

        const int Writable = 0x92; // 0222
        if (!isForced && (status.Mode & Writable) == 0)
        {
            throw new EngineException(EngineError.CannotWrite, $"{path} is read-only", "Give another path, or -Force to replace it.");
        }
    }

    private static EngineException Exists(string path)
        => new(EngineError.CannotWrite, $"The file {path} exists already", "Leave out -NoClobber to replace it, or give another path.");

    // The name of a process is any text that the process has chosen.
    private static string SafeName(string name)
    {
        StringBuilder safe = new();
        foreach (char one in name)
        {
            _ = safe.Append(char.IsAsciiLetterOrDigit(one) || one is '-' or '_' or '+' || (one == '.' && safe.Length > 0) ? one : '_');
        }

        return safe.Length == 0 ? "_" : safe.ToString();
    }
}
