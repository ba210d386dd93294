using PyStack.Engine.Waits.SystemCalls;
using Xunit;

namespace PyStack.Engine.Tests.Waits.SystemCalls;

public sealed class FileLocksTests
{
    // As proc_locks(5) has it.
    private static readonly byte[] Locks = """
        1: FLOCK  ADVISORY  WRITE 100 fe:00:11 0 EOF
        1: -> FLOCK  ADVISORY  WRITE 200 fe:00:11 0 EOF
        2: POSIX  ADVISORY  READ  101 fe:00:12 0 EOF
        2: -> POSIX  ADVISORY  WRITE 200 fe:00:12 0 EOF
        3: OFDLCK ADVISORY  WRITE -1 fe:00:13 0 EOF
        3:  -> OFDLCK ADVISORY  WRITE 201 fe:00:13 0 EOF

        """u8.ToArray();

    [Theory]
    [InlineData(200, 11, true, 100)]
    [InlineData(200, 0, true, 100)]
    [InlineData(200, 12, false, 101)]
    [InlineData(201, 13, false, -1)]
    [InlineData(200, 12, true, 0)]
    [InlineData(200, 13, false, 0)]
    [InlineData(100, 11, true, 0)]
    public void The_holder_is_the_lock_above_the_one_that_waits(int processId, ulong inode, bool isFlock, int holder)
        => Assert.Equal(holder, FileLocks.Find(Locks, processId, inode, isFlock));

    [Fact]
    public void A_table_of_other_content_has_no_holder() => Assert.Equal(0, FileLocks.Find("1:\n2: ->\n: : :\n3: -> FLOCK A W\n"u8, 200, 0, true));
}
