using System.Linq;
using PyStack.Engine.Primitives;
using Xunit;

namespace PyStack.Engine.Tests.Primitives;

public sealed class BoundedCacheTests
{
    [Fact]
    public void The_least_recently_used_is_forgotten()
    {
        BoundedCache<int, string> cache = new(3);
        cache.Set(1, "one");
        cache.Set(2, "two");
        cache.Set(3, "three");
        Assert.True(cache.TryGet(1, out _));
        cache.Set(4, "four");
        cache.Set(3, "drei");
        cache.Set(5, "five");

        Assert.Equal("3=drei 4=four 5=five", string.Join(' ', Enumerable.Range(1, 5).Where(i => cache.TryGet(i, out _)).Select(i => $"{i}={(cache.TryGet(i, out string? text) ? text : "")}")));
        Assert.Equal(3, cache.Count);
    }
}
