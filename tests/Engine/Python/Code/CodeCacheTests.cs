using PyStack.Engine.Python.Code;
using Xunit;

namespace PyStack.Engine.Tests.Python.Code;

/// <summary>What is kept of code objects has a bound.</summary>
public sealed class CodeCacheTests
{
    private const int Limit = 100_000;

    [Fact]
    public void It_keeps_no_more_than_its_limit_and_what_was_used_last()
    {
        CodeCache cache = new(Limit);
        for (ulong address = 1; address <= 10_000; address++)
        {
            cache.Trim();
            cache.SetTable(address, new(new byte[100], 100));
            Assert.NotNull(cache.FindTable(1));
            Assert.InRange(cache.Size, 0, Limit + 1000);
        }

        Assert.NotNull(cache.FindTable(10_000));
        Assert.Null(cache.FindTable(5000));
    }

    [Fact]
    public void What_one_capture_has_decoded_beyond_the_limit_is_forgotten_by_the_next()
    {
        CodeCache cache = new(Limit);
        cache.SetTable(1, new(new byte[2 * Limit], 2 * Limit));

        cache.Trim();

        Assert.Equal(0, cache.Size);
        Assert.Null(cache.FindTable(1));
    }

    [Fact]
    public void Lines_that_were_looked_up_count_as_well()
    {
        CodeCache cache = new(Limit);
        CodeCache.Entry<CachedCode> entry = new(null, 0);
        cache.SetCode(1, entry);
        long before = cache.Size;

        cache.Grow(entry, 64);
        cache.SetCode(1, new(null, 0));

        Assert.Equal(before, cache.Size);
    }
}
