using System;
using System.Collections.Generic;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Waits.SystemCalls;

/// <summary>Calls that name a file: they wait for a disk, for a server or for the other end of a FIFO. The path is shown, and never opened.</summary>
internal sealed class PathCalls : ISystemCallReader
{
    // The name is the first argument, or the second one after a folder's descriptor.
    private static readonly string[] First =
        ["open", "creat", "stat", "lstat", "access", "chmod", "chown", "chdir", "mkdir", "rmdir", "unlink", "rename", "link", "symlink", "readlink", "truncate", "statfs", "execve", "getxattr", "utime"];

    private static readonly string[] Second =
        ["openat", "openat2", "newfstatat", "statx", "faccessat", "faccessat2", "fchmodat", "fchownat", "mkdirat", "unlinkat", "renameat", "renameat2", "linkat", "readlinkat", "utimensat", "execveat", "name_to_handle_at"];

    /// <summary>AT_FDCWD (linux/fcntl.h).</summary>
    private const int CurrentFolder = -100;

    public IEnumerable<string> Names => [.. First, .. Second];

    public WaitReason Read(SystemCallContext context)
    {
        bool isSecond = Array.IndexOf(Second, context.Name) >= 0;
        string? path = context.ReadPath(isSecond ? context.Call.Second : context.Call.First);
        if (path is not null && path[0] != '/' && isSecond && (int)context.Call.First != CurrentFolder && context.First.Link is string folder && folder.StartsWith('/'))
        {
            path = folder.TrimEnd('/') + "/" + path;
        }

        // The other end of a FIFO is waited for in a sleep that signals can end.
        bool isDisk = context.Process is null || ProcessFacts.IsUninterruptible(context.Process.ProcessId, context.ThreadId);
        return new WaitReason(isDisk ? PyWaitKind.Disk : PyWaitKind.File, context.Name, Action(context.Name) + " of")
        {
            Subject = path is null ? "a file" : TerminalText.Escape(path),
            Resource = path,
        };
    }

    private static string Action(string name) => name switch
    {
        "openat" or "openat2" or "creat" => "open",
        "lstat" or "newfstatat" or "statx" => "stat",
        "execveat" => "execve",
        _ => name,
    };
}
