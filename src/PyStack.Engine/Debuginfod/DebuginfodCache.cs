using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO;
using System.Text;
using PyStack.Engine.Native;

namespace PyStack.Engine.Debuginfod;

/// <summary>
/// The files that were fetched, where and as elfutils' clients keep them (debuginfod-client.c of 0.188): a folder for each build-id with <c>debuginfo</c>, <c>executable</c> and
/// <c>source##path##of##file</c>. An empty file says that no server had it. elfutils' clients remove what was not used for a week; here nothing is removed.
/// </summary>
internal sealed class DebuginfodCache(string folder)
{
    /// <summary>NAME_MAX (linux/limits.h)</summary>
    private const int LongestName = 255;

    /// <summary>S_IWOTH (linux/stat.h)</summary>
    private const int OthersMayWrite = 2;

    /// <summary>For how many seconds a server is not asked again for what it does not have; elfutils' default.</summary>
    private const int UsualMissTime = 600;

    /// <summary>Digits of the control file.</summary>
    private const int LongestNumber = 20;

    /// <summary>The place of a file; null where its name would be too long.</summary>
    /// <param name="buildId">Hexadecimal digits: nothing else becomes part of a path.</param>
    /// <param name="source">The absolute path of a source file; null of other kinds.</param>
    public string? PlaceOf(string buildId, DebuginfodKind kind, string? source)
    {
        string name = kind switch
        {
            DebuginfodKind.Executable => "executable",
            DebuginfodKind.Source => "source" + Escape(source!),
            _ => "debuginfo",
        };
        return Encoding.UTF8.GetByteCount(name) <= LongestName ? Path.Combine(folder, buildId, name) : null;
    }

    /// <summary>Whether no server had a file when they were asked last, a short time ago.</summary>
    public bool IsKnownMissing(string place)
        => FileCalls.TryGetStatus(place, out FileCalls.FileStatus status) && status.IsRegularFile && status.Size == 0 && DateTime.UtcNow - status.ModifiedAt <= MissTime();

    /// <summary>Notes that no server has a file.</summary>
    public static void NoteMissing(string place)
    {
        if (FileCalls.TryGetStatus(place, out FileCalls.FileStatus status) && status.Size > 0)
        {
            return;
        }

        try
        {
            using NewFile file = NewFile.Begin(place);
            file.Complete(isNew: false);
        }
        catch (IOException)
        {
            // It is asked again the next time.
        }
    }

    /// <summary>Begins a file, and makes its folder for the user alone, as elfutils' clients do.</summary>
    /// <param name="problem">On failure why, as the end of a sentence about the cache.</param>
    [SuppressMessage("Interoperability", "CA1416:Validate platform compatibility", Justification = "The module is for Linux.")]
    public static bool TryBegin(string place, [NotNullWhen(true)] out NewFile? file, out string problem)
    {
        file = null;
        string own = Path.GetDirectoryName(place)!;
        string folder = Path.GetDirectoryName(own)!;
        try
        {
            // What others can change would let them choose where root writes.
            Directory.CreateDirectory(own, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            problem = ProblemOf(folder) ?? ProblemOf(own) ?? "";
            file = problem.Length == 0 ? NewFile.Begin(place) : null;
            return file is not null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"cannot be used: {e.Message.TrimEnd('.')}";
            return false;
        }
    }

    // A slash is two number signs, and a number sign is one with a line below.
    private static string Escape(string path) => path.Replace("#", "#_", StringComparison.Ordinal).Replace("/", "##", StringComparison.Ordinal);

    private static string? ProblemOf(string path)
        => !FileCalls.TryGetStatus(path, out FileCalls.FileStatus status) ? "cannot be examined"
            : status.UserId != 0 && status.UserId != Identity.EffectiveUserId() ? $"is not used: {path} belongs to user {status.UserId}"
            : (status.Mode & OthersMayWrite) != 0 ? $"is not used: every user may write to {path}"
            : null;

    private TimeSpan MissTime()
    {
        try
        {
            using FileStream file = File.OpenRead(Path.Combine(folder, "cache_miss_s"));
            Span<byte> text = stackalloc byte[LongestNumber];
            string number = Encoding.ASCII.GetString(text[..file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false)]).Trim();
            return TimeSpan.FromSeconds(uint.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds) ? seconds : UsualMissTime);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return TimeSpan.FromSeconds(UsualMissTime);
        }
    }
}
