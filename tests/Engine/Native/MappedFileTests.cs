using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
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
    public void A_file_that_is_cut_off_while_it_is_mapped_gives_fewer_bytes_and_no_signal()
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
        Assert.False(file.TrySlice(99, 2, out _));
        Assert.True(file.TrySlice(0, 100, out _));
    }

    [Theory]
    [InlineData("absent", "cannot be opened: No such file or directory")]
    [InlineData(".", "is not a regular file")]
    [InlineData("pipe", "is not a regular file")]
    [InlineData("empty", "is empty")]
    [InlineData("zero\0byte", "has a zero byte in its name")]
    public void What_cannot_be_mapped_says_why_at_once(string name, string expected)
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
    public void An_open_handle_is_taken_over_only_when_it_could_be_mapped()
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
    public void After_disposal_there_is_nothing_left_to_read_and_no_mapping()
    {
        string path = Write("gone", new byte[4096]);
        MappedFile file = Open(path);
        Assert.Contains(path, File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);

        file.Dispose();
        file.Dispose();

        Assert.DoesNotContain(path, File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
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
