using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using PyStack.TestSupport.Targets;

namespace PyStack.TestSupport.Toolchains;

/// <summary>
/// What tests compile, once for each set of flags and kept for the next run: a folder for each key, below <c>.cache/builds</c> or
/// <c>$PYSTACK_CACHE/builds</c>. Test projects that run side by side share it. Nobody may change what it gives.
/// </summary>
public static class BuildCache
{
    private const string Done = ".done";

    // So many folders are a run's many times over; the oldest beyond them go.
    private const int Kept = 500;

    private static readonly string Folder = Path.Combine(Repository.Cache, "builds");
    private static readonly ConcurrentDictionary<string, Lazy<string>> Known = new(StringComparer.Ordinal);

    static BuildCache()
    {
        Directory.CreateDirectory(Folder);
        foreach (string old in Directory.GetDirectories(Folder).OrderByDescending(Directory.GetLastWriteTimeUtc).Skip(Kept))
        {
            Forget(old);
        }
    }

    /// <summary>The path of a file that a tool makes, in a folder that stays.</summary>
    /// <param name="name">The file's name in its folder.</param>
    /// <param name="tool">The program that makes it: another version of it makes another file.</param>
    /// <param name="key">All that the result depends on: sources and flags.</param>
    /// <param name="make">Makes the file; its argument is the folder.</param>
    public static string Get(string name, string tool, IEnumerable<string> key, Action<string> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', key.Prepend(Identity(tool)).Prepend(name)))))[..32];
        return Known.GetOrAdd(hash, _ => new Lazy<string>(() => Made(Path.Combine(Folder, hash), name, make))).Value;
    }

    // Whoever holds the lock makes it; the others wait, in other processes, too (.NET locks a file that is not shared by flock(2)).
    private static string Made(string folder, string name, Action<string> make)
    {
        string path = Path.Combine(folder, name);
        using FileStream turn = Lock(folder + ".lock");
        if (!File.Exists(Path.Combine(folder, Done)))
        {
            Forget(folder);
            Directory.CreateDirectory(folder);
            make(folder);
            File.WriteAllText(Path.Combine(folder, Done), "");
        }

        Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow);
        return path;
    }

    private static FileStream Lock(string path)
    {
        FileStream? stream = null;
        Wait.Until(
            () =>
            {
                try
                {
                    stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                    return true;
                }
                catch (IOException)
                {
                    return false;
                }
            },
            $"{path} is locked by another run");
        return stream!;
    }

    private static void Forget(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Another run was faster.
        }
    }

    private static string Identity(string tool)
    {
        string? path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, tool))
            .FirstOrDefault(File.Exists);
        if (path is null)
        {
            return tool;
        }

        FileInfo file = new(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);
        return $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}";
    }
}
