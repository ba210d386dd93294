using System;
using System.Collections.Concurrent;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PyStack.TestSupport.Toolchains;
using Xunit;

namespace PyStack.Engine.Tests;

/// <summary>What the tests compile is compiled once.</summary>
public sealed class BuildCacheTests
{
    [Fact]
    public void A_file_that_many_ask_for_at_a_time_is_made_once_and_another_key_has_another_one()
    {
        string[] keys = [$"{Guid.NewGuid()}", $"{Guid.NewGuid()}"];
        int made = 0;
        ConcurrentDictionary<string, string> paths = [];
        Parallel.For(0, 16, i =>
        {
            string path = BuildCache.Get("file", "gcc", [keys[i % 2]], folder =>
            {
                Interlocked.Increment(ref made);
                File.WriteAllText(Path.Combine(folder, "file"), keys[i % 2]);
            });
            Assert.Equal(path, paths.GetOrAdd(keys[i % 2], path));
            Assert.Equal(keys[i % 2], File.ReadAllText(path));
        });

        Assert.Equal((2, 2), (made, paths.Count));
        Assert.NotEqual(paths[keys[0]], paths[keys[1]]);
        foreach (string path in paths.Values)
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }
}
