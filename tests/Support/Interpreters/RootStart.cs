using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace PyStack.TestSupport.Interpreters;

/// <summary>How an interpreter is started that lies in a root of its own, beside libraries of its own.</summary>
internal sealed record RootStart(string Name, IReadOnlyList<string> Command, string? Programs)
{
    /// <summary>Where a process in the root finds the test programs.</summary>
    private const string Mount = "/mnt";

    // A mount namespace of its own: nothing of this is seen outside, or left behind but two empty folders in the cache.
    private const string EnterRoot = """
        set -e
        mkdir -p "$1/proc" "$1/mnt"
        mount --bind "$2" "$1/mnt"
        mount -t proc proc "$1/proc"
        root=$1
        shift 2
        exec chroot "$root" "$@"
        """;

    /// <param name="executable">As a process in the root names it.</param>
    public static IEnumerable<RootStart> WaysInto(string root, string executable)
    {
        if (LoaderOf(root) is { } loader)
        {
            string libraries = string.Join(':', Directory.GetDirectories(Path.Combine(root, "usr", "lib"), "*-linux-gnu"));
            yield return new("loader", [loader, "--library-path", libraries, root + executable], null);
        }

        if (Environment.IsPrivilegedProcess)
        {
            string[] command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", EnterRoot, "sh", root, TestSupport.Programs.Folder, executable];
            yield return new("chroot", command, Mount);
        }
    }

    private static readonly string[] Loaders = ["lib64/ld-linux-x86-64.so.2", "lib/ld-linux-aarch64.so.1"];

    private static string? LoaderOf(string root)
        => Loaders
            .SelectMany(name => new[] { Path.Combine(root, name), Path.Combine(root, "usr", name) })
            .FirstOrDefault(File.Exists);
}
