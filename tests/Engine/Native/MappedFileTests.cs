using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Win32.SafeHandles;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Native;

public sealed class MappedFileTests : FolderTest
{
    [Fact]
    public void Slices_and_copies_give_what_stands_in_the_file()
    {
        byte[] content = new byte[100_000];
        new Random(1).NextBytes(content);
        using MappedFile file = Open(Write("content", content));

        Span<byte> copy = new byte[5000];
        Assert.Equal(100_000ul, file.Length);
        Assert.True(file.TrySlice(4090, 90_000, out ReadOnlySpan<byte> slice));
        Assert.True(slice.SequenceEqual(content.AsSpan(4090, 90_000)));
        Assert.Equal(5000, file.Read(70_001, copy));
        Assert.True(copy.SequenceEqual(content.AsSpan(70_001, 5000)));
    }

    [Fact]
    public void What_reaches_over_the_end_is_cut_when_copied_and_refused_as_a_slice()
    {
        using MappedFile file = Open(Write("short", [1, 2, 3, 4]));

        byte[] copy = new byte[10];
        Assert.Equal(2, file.Read(2, copy));
        Assert.Equal([3, 4, 0], copy[..3]);
        Assert.Equal(0, file.Read(4, copy));
        Assert.Equal(0, file.Read(ulong.MaxValue - 3, copy));
        Assert.False(file.TrySlice(2, 3, out _));
        Assert.False(file.TrySlice(5, 0, out _));
        Assert.False(file.TrySlice(1, ulong.MaxValue, out _));
        Assert.True(file.TrySlice(4, 0, out ReadOnlySpan<byte> empty));
        Assert.True(empty.IsEmpty);
    }

    [Fact]
    public void A_file_over_2_GiB_is_read_behind_that_border()
    {
        string path = Path.Combine(Folder, "sparse");
        const long Border = 5L << 30;
        using (FileStream stream = File.Create(path))
        {
            // A hole takes no space on the disk.
            stream.Seek(Border, SeekOrigin.Begin);
            stream.Write("behind"u8);
        }

        using MappedFile file = Open(path);

        Assert.Equal((ulong)Border + 6, file.Length);
        Assert.True(file.TrySlice((ulong)Border, 6, out ReadOnlySpan<byte> slice));
        Assert.True(slice.SequenceEqual("behind"u8));
        Assert.True(file.TryRead((ulong)Border + 4, out ushort copied));
        Assert.Equal((ushort)('n' | ('d' << 8)), copied);
        Assert.False(file.TrySlice(0, 1ul << 31, out _));
    }

    [Fact]
    public void A_file_that_is_cut_off_while_it_is_open_gives_fewer_bytes_and_no_signal()
    {
        string path = Write("cut", new byte[64 * 1024]);
        using MappedFile file = Open(path);
        using (FileStream stream = new(path, FileMode.Open, FileAccess.Write))
        {
            stream.SetLength(100);
        }

        Assert.Equal(50, file.Read(50, new byte[60_000]));
        Assert.Equal(0, file.Read(8192, new byte[8]));
        Assert.False(file.TrySlice(0, 64 * 1024, out _));
    }

    [Fact]
    public void What_was_copied_of_a_file_stays_when_the_file_is_cut_off_and_the_rest_is_unreadable()
    {
        string path = Write("cut later", [.. Enumerable.Repeat((byte)7, 500_000)]);
        using MappedFile file = Open(path);
        Assert.True(file.TrySlice(0, 100_000, out ReadOnlySpan<byte> before));
        using (FileStream stream = new(path, FileMode.Open, FileAccess.Write))
        {
            stream.SetLength(0);
        }

        // Of a mapping this touch would be SIGBUS, and the end of the test's process.
        Assert.False(before.ContainsAnyExcept((byte)7));
        using FileBudget budget = FileBudget.Begin(CancellationToken.None);
        Assert.False(file.TrySlice(400_000, 10, out _));
        Assert.Equal("has become shorter while it was read", file.Trouble);
        Assert.Equal([new FileTrouble(path, file.Trouble!, IsUnanswered: false)], budget.Troubles);
    }

    [Fact]
    public void A_file_that_was_written_to_since_it_was_opened_is_unreadable()
    {
        string path = Write("written to", new byte[500_000]);
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        using MappedFile file = Open(path);
        using (FileStream stream = new(path, FileMode.Open, FileAccess.Write))
        {
            stream.WriteByte(1);
        }

        Assert.False(file.TrySlice(0, 10, out _));
        Assert.Equal("was changed while it was read", file.Trouble);
    }

    [Fact]
    public void A_file_that_is_cut_off_and_written_again_all_the_time_is_read_without_harm()
    {
        string path = Write("restless", new byte[1 << 20]);
        using CancellationTokenSource end = new();
        Thread writer = new(() =>
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            while (!end.IsCancellationRequested)
            {
                stream.SetLength(4096);
                stream.Position = 4096;
                stream.Write(new byte[(1 << 20) - 4096]);
                stream.Flush();
            }
        });
        writer.Start();
        int read = 0;
        try
        {
            for (int i = 0; i < 2000; i++)
            {
                if (!MappedFile.TryOpen(path, out MappedFile? file, out _))
                {
                    continue;
                }

                using (file)
                {
                    if (file.TrySlice(0, file.Length, out ReadOnlySpan<byte> bytes) && !bytes.ContainsAnyExcept((byte)0))
                    {
                        read++;
                    }
                }
            }
        }
        finally
        {
            end.Cancel();
            writer.Join();
        }

        Assert.InRange(read, 0, 2000);
    }

    [Fact]
    public void Only_what_is_looked_at_takes_memory()
    {
        string path = Path.Combine(Folder, "large");
        using (FileStream stream = File.Create(path))
        {
            stream.SetLength(10L << 30);
        }

        using MappedFile file = Open(path);
        Assert.Equal(0, file.CopiedBytes);
        Assert.True(file.TrySlice(5L << 30, 100, out _));
        Assert.Equal(65_536, file.CopiedBytes);
        Assert.Equal(8, file.Read(7ul << 30, new byte[8]));
        Assert.Equal(65_536, file.CopiedBytes);
        Assert.False(file.TrySlice(0, 300 << 20, out _));
        Assert.True(file.TrySlice(0, 100, out _));
    }

    [Fact]
    public void Many_threads_read_one_file_at_once()
    {
        byte[] content = new byte[3_000_000];
        new Random(2).NextBytes(content);
        using MappedFile file = Open(Write("shared", content));

        Parallel.For(0, 2000, i =>
        {
            int start = i * 1499;
            Assert.True(file.TrySlice((ulong)start, 1400, out ReadOnlySpan<byte> slice));
            Assert.True(slice.SequenceEqual(content.AsSpan(start, 1400)));
        });

        Assert.InRange(file.CopiedBytes, 2_998_000, 3_000_000);
    }

    [Theory]
    [InlineData("absent", "cannot be opened: No such file or directory")]
    [InlineData(".", "is not a regular file")]
    [InlineData("pipe", "is not a regular file")]
    [InlineData("empty", "is empty")]
    [InlineData("zero\0byte", "has a zero byte in its name")]
    public void What_cannot_be_read_says_why_at_once(string name, string expected)
    {
        Write("empty", []);
        using (Process pipe = Process.Start("mkfifo", Path.Combine(Folder, "pipe")))
        {
            pipe.WaitForExit();
        }

        Assert.False(MappedFile.TryOpen(Folder + "/" + name, out MappedFile? file, out string problem));

        Assert.Null(file);
        Assert.Equal(expected, problem);
    }

    [Fact]
    public void Files_without_a_size_of_their_own_are_refused()
    {
        Assert.False(MappedFile.TryOpen("/proc/self/maps", out _, out string maps));
        Assert.False(MappedFile.TryOpen("/dev/null", out _, out string device));

        Assert.Equal(("is empty", "is not a regular file"), (maps, device));
    }

    [Fact]
    public void The_identity_is_what_stat_prints_and_tells_two_files_apart()
    {
        string path = Write("one", [1, 2, 3]);
        using MappedFile file = Open(path);
        using MappedFile again = Open(path);
        using MappedFile other = Open(Write("two", [1, 2, 3]));

        ProcessStartInfo stat = new("stat", ["-c", "%Hd %Ld %i %s %Y", path]) { RedirectStandardOutput = true };
        using Process process = Process.Start(stat)!;
        string printed = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();

        FileIdentity identity = file.Identity;
        Assert.Equal(
            printed,
            $"{identity.DeviceMajor} {identity.DeviceMinor} {identity.Inode} {identity.Size} {identity.ModifiedSeconds}");
        Assert.Equal(identity, again.Identity);
        Assert.NotEqual(identity, other.Identity);

        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddSeconds(5));
        using MappedFile changed = Open(path);
        Assert.Equal(identity with { ModifiedSeconds = 5, ModifiedNanoseconds = 0 }, changed.Identity);
    }

    [Fact]
    public void An_open_handle_is_taken_over_only_when_it_can_be_read()
    {
        using SafeFileHandle folder = FileCalls.Open(Folder, FileCalls.ReadOnly);
        Assert.False(MappedFile.TryMap(folder, out _, out _));
        Assert.False(folder.IsClosed);

        SafeFileHandle handle = File.OpenHandle(Write("handle", [7]));
        Assert.True(MappedFile.TryMap(handle, out MappedFile? file, out _));
        file.Dispose();
        Assert.True(handle.IsClosed);
    }

    [Fact]
    public void After_disposal_there_is_nothing_left_to_read_and_the_file_is_closed()
    {
        string path = Write("gone", new byte[4096]);
        MappedFile file = Open(path);
        Assert.True(file.TrySlice(0, 10, out _));
        Assert.Equal(1, OpenFiles.CountOf(path));

        file.Dispose();
        file.Dispose();

        Wait.Until(() => OpenFiles.CountOf(path) == 0, "the file is not closed");
        Assert.Equal(0ul, file.Length);
        Assert.Equal(0, file.Read(0, new byte[4]));
        Assert.False(file.TrySlice(0, 0, out _));
    }

    [Fact]
    public void The_layout_of_statx_is_that_of_the_kernel()
    {
        Assert.Equal(256, Marshal.SizeOf<FileCalls.FileStatus>());
    }

    private static MappedFile Open(string path)
    {
        Assert.True(MappedFile.TryOpen(path, out MappedFile? file, out string problem), problem);
        return file;
    }

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
