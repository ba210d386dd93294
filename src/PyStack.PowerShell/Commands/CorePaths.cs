using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Runtime.InteropServices;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets.Core;

namespace PyStack;

/// <summary>How a path came to a cmdlet, which decides what is done with one that is no file.</summary>
internal enum PathSource
{
    /// <summary>With wildcards: what fits and is no file is left out.</summary>
    Pattern,

    /// <summary>Named as it is: what is no file is an error.</summary>
    Literal,

    /// <summary>From the pipeline, such as all of a folder by <c>Get-ChildItem</c>: what is no file is left out.</summary>
    Piped,
}

/// <summary>What a user says of core files: paths of the session, with its location and its drives.</summary>
internal static class CorePaths
{
    private const string Example = "Give the path of a core file, such as /var/crash/core.112 or ./core.";

    /// <summary>The files that a path names: one, or those that a wildcard fits, which may be none.</summary>
    /// <exception cref="EngineException">It is no path of a file system, no valid pattern, or names what is no file.</exception>
    public static List<string> Expand(SessionState session, string path, PathSource source, PipelineLog log)
    {
        if (source != PathSource.Pattern || !WildcardPattern.ContainsWildcardCharacters(path))
        {
            // Of a pattern only what is escaped in it is left: a`[1`] is the file a[1].
            string file = SessionPath.Resolve(session, source == PathSource.Pattern ? WildcardPattern.Unescape(path) : path, Example);
            return KindOf(file, isFound: source == PathSource.Piped, log) switch
            {
                null => [file],
                string kind when source == PathSource.Piped => LeaveOut(file, kind, log),
                string kind => throw NoFile(file, kind),
            };
        }

        List<string> files = [.. SessionPath.Matches(session, path, Example)];
        files.RemoveAll(file => KindOf(file, isFound: true, log) is string kind && LeaveOut(file, kind, log).Count == 0);
        return files;
    }

    /// <summary>Where the files of a core are looked for.</summary>
    /// <exception cref="EngineException">One of the paths is not of a file system.</exception>
    public static CoreSearch Search(SessionState session, string? executable, string[] libraryFolders, string? root, PipelineLog log)
    {
        string? program = executable is null ? null : SessionPath.Resolve(session, executable, "Give the path of the program, such as /usr/bin/python3.");
        if (program is not null && KindOf(program, isFound: false, log) is string kind)
        {
            throw new EngineException(
                EngineError.ExecutableNotFound, $"{program} is {kind}, not a program.", "Give the program that the process ran as -Executable; Get-PyCore shows its name and build-id.");
        }

        return new CoreSearch(
            program,
            Array.ConvertAll(libraryFolders, folder => Folder(session, folder, "-LibrarySearchPath", log)),
            root is null ? null : Folder(session, root, "-LibrarySearchRoot", log));
    }

    // One of several folders may be absent, as on the PATH; that it is a slip of the pen must be seen.
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

    /// <summary>What the file is; null for a regular one, and for one that is not there or not to be seen, of which opening it will tell more.</summary>
    /// <param name="isFound">Whether the name was found in a folder, and not given by the user.</param>
    private static string? KindOf(string path, bool isFound, PipelineLog log)
    {
        Answer answer = Ask(path, log);
        return isFound && answer.IsDanglingLink ? "a broken symbolic link" : answer.Kind;
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
        kind == FileKind.Folder ? $"Give the files in it, such as {path.TrimEnd('/')}/core.*" : Example);

    private readonly record struct Answer(int Error, string? Kind, bool IsDanglingLink);
}
