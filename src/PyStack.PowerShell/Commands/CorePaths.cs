using System;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using System.Runtime.InteropServices;
using PyStack.Engine.Native;
using PyStack.Engine.Targets.Core;

namespace PyStack;

/// <summary>How a path was given to a cmdlet, which decides what is done with one that is not a regular file.</summary>
internal enum PathSource
{
    /// <summary>With wildcards: matches that are not regular files are left out.</summary>
    Pattern,

    /// <summary>Given by name: one that is not a regular file is an error.</summary>
    Literal,

    /// <summary>Text from the pipeline, which may be the name of a process by mistake: otherwise as <see cref="Pattern"/>.</summary>
    PipedText,

    /// <summary>From the pipeline, such as all of a folder by <c>Get-ChildItem</c>: entries that are not regular files are left out.</summary>
    Piped,
}

/// <summary>The paths of core files as the user gives them: relative to the session's location, with its drives.</summary>
internal static class CorePaths
{
    private const string Example = "Give the path of a core file, such as /var/crash/core.112 or ./core.";

    /// <summary>The files that a path names: one, or those that match a wildcard, which may be none.</summary>
    /// <exception cref="EngineException">It is not a path in a file system, not a valid pattern, or not a regular file.</exception>
    public static List<string> Expand(SessionState session, string path, PathSource source, PipelineLog log)
    {
        bool isPattern = source is PathSource.Pattern or PathSource.PipedText;
        if (!isPattern || !WildcardPattern.ContainsWildcardCharacters(path))
        {
            // A pattern without wildcards still has escapes: a`[1`] is the file a[1].
            string file = SessionPath.Resolve(session, isPattern ? WildcardPattern.Unescape(path) : path, Example);
            Answer answer = Ask(file, log);
            return (source == PathSource.Piped ? answer.KindWhereFound : answer.Kind) switch
            {
                null when source == PathSource.PipedText && answer.Error == Errno.ENOENT && !path.Contains('/', StringComparison.Ordinal) => throw NoText(path, file),
                null => [file],
                string kind when source == PathSource.Piped => LeaveOut(file, kind, log),
                string kind => throw NoFile(file, kind),
            };
        }

        List<string> files = [.. SessionPath.Matches(session, path, Example)];
        files.RemoveAll(file => Ask(file, log).KindWhereFound is string kind && LeaveOut(file, kind, log).Count == 0);
        return files;
    }

    /// <summary>Where the files of a core are looked for.</summary>
    /// <exception cref="EngineException">One of the paths is not of a file system.</exception>
    public static CoreSearch Search(SessionState session, string? executable, string[] libraryFolders, string? root, PipelineLog log)
    {
        string? program = executable is null ? null : SessionPath.Resolve(session, executable, "Give the path of the program, such as /usr/bin/python3.");
        if (program is not null && Ask(program, log).Kind is string kind)
        {
            throw new EngineException(
                EngineError.ExecutableNotFound, $"{program} is {kind}, not a program.", "Give the program that the process ran as -Executable; Get-PyCore shows its name and build-id.");
        }

        return new CoreSearch(
            program,
            Array.ConvertAll(libraryFolders, folder => Folder(session, folder, "-LibrarySearchPath", log)),
            root is null ? null : Folder(session, root, "-LibrarySearchRoot", log));
    }

    // One of several folders may be absent, as on the PATH; a warning shows a typing error.
    private static string Folder(SessionState session, string path, string parameter, PipelineLog log)
    {
        string folder = SessionPath.Resolve(session, path, "Give the path of a folder, such as /srv/image.");
        Answer answer = Ask(folder, log);
        if (answer.Error != 0)
        {
            log.Warning(answer.Error == Errno.ENOENT
                ? $"{parameter}: there is no folder {folder}."
                : $"{parameter}: {folder} cannot be accessed: {Marshal.GetPInvokeErrorMessage(answer.Error)}.");
        }
        else if (answer.Kind != FileKind.Folder)
        {
            log.Warning($"{parameter}: {folder} is not a folder.");
        }

        return folder;
    }

    // A disk that does not answer must not hold up the pipeline's thread, on which nothing could be stopped.
    private static Answer Ask(string path, PipelineLog log) => WatchedWork.Run(
        path,
        () =>
        {
            if (FileCalls.TryGetStatus(path, out FileCalls.FileStatus status))
            {
                return new Answer(0, FileKind.NameOf(status.Mode), false);
            }

            int error = Marshal.GetLastPInvokeError();
            return new Answer(error, null, error == Errno.ENOENT && FileCalls.IsLink(path));
        },
        log.Drain,
        log.Stop);

    private static List<string> LeaveOut(string path, string kind, PipelineLog log)
    {
        log.Verbose($"{path} is left out: it is {kind}.");
        return [];
    }

    private static EngineException NoFile(string path, string kind) => new(
        EngineError.InvalidCore,
        $"{path} is {kind}, not a core file.",
        kind == FileKind.Folder ? $"Give the files in it: Get-PyStack -Path '{path.TrimEnd('/')}/core.*'." : Example);

    // Text in the pipeline that is neither a number nor a file is most likely the name of a process.
    private static EngineException NoText(string text, string file) => new(
        EngineError.CoreNotFound,
        $"There is no file {file}.",
        text.AsSpan().TrimStart().IndexOf(' ') is > 0 and var end && int.TryParse(text.AsSpan().TrimStart()[..end], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? "Text in the pipeline is the path of a core file, or the id of a process alone: pgrep writes ids alone without -a and -l."
            : $"Text in the pipeline is the path of a core file, or the id of a process. Processes are read by their name with -Name: Get-PyStack -Name {text}.");

    /// <param name="Kind">What it is; null for a regular file, and for one that does not exist or cannot be accessed: opening it gives the reason.</param>
    private readonly record struct Answer(int Error, string? Kind, bool IsDanglingLink)
    {
        /// <summary>The kind of what was found in a folder, and not given by the user.</summary>
        public string? KindWhereFound => IsDanglingLink ? "a broken symbolic link" : Kind;
    }
}
