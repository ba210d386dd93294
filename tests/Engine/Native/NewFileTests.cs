using System;
using System.IO;
using System.Linq;
using PyStack.Engine.Native;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Engine.Tests.Native;

/// <summary>A file is there when it is complete, and not before.</summary>
public sealed class NewFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_that_is_complete_has_its_name_and_is_its_owners_alone()
    {
        string path = Path.Combine(_folder.Path, "new");
        using (NewFile file = NewFile.Begin(path))
        {
            Assert.False(File.Exists(path));
            file.Stream.Write("all of it"u8);
            file.Complete(isNew: true);
        }

        Assert.Equal("all of it", File.ReadAllText(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(["new"], Names());
    }

    [Fact]
    public void A_file_that_is_not_completed_leaves_nothing_and_the_old_one_as_it_was()
    {
        string path = Path.Combine(_folder.Path, "old");
        File.WriteAllText(path, "old");
        using (NewFile file = NewFile.Begin(path))
        {
            file.Stream.Write("half of"u8);
            file.Stream.Flush();
            Assert.Equal(2, Names().Length);
        }

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["old"], Names());
    }

    [Fact]
    public void An_old_file_is_replaced_by_one_that_others_cannot_read()
    {
        string path = Path.Combine(_folder.Path, "old");
        File.WriteAllText(path, "old");
        using FileStream reader = File.OpenRead(path);

        Write(path, isNew: false);

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal('o', reader.ReadByte());
    }

    [Fact]
    public void An_old_file_is_kept_where_a_new_one_is_wanted()
    {
        string path = Path.Combine(_folder.Path, "old");
        File.WriteAllText(path, "old");

        Assert.Throws<IOException>(() => Write(path, isNew: true));

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["old"], Names());
    }

    [Fact]
    public void A_link_by_the_name_is_replaced_and_not_followed()
    {
        string path = Path.Combine(_folder.Path, "link");
        string other = Path.Combine(_folder.Path, "other");
        File.WriteAllText(other, "somebody's");
        File.CreateSymbolicLink(path, other);

        Write(path, isNew: false);

        Assert.Equal("somebody's", File.ReadAllText(other));
        Assert.Null(new FileInfo(path).LinkTarget);
        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void A_full_disk_is_an_error_that_leaves_nothing()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can mount a small file system");
        string disk = Path.Combine(_folder.Path, "disk");
        Directory.CreateDirectory(disk);
        Assert.SkipWhen(Toolchain.Run("sh", "-c", $"mount -t tmpfs -o size=64k none {disk} 2>&1 || echo no").Contains("no", StringComparison.Ordinal), "a file system cannot be mounted here");
        try
        {
            Assert.ThrowsAny<IOException>(() =>
            {
                using NewFile file = NewFile.Begin(Path.Combine(disk, "new"));
                file.Stream.Write(new byte[1 << 20]);
                file.Complete(isNew: false);
            });

            Assert.Empty(Directory.GetFileSystemEntries(disk));
        }
        finally
        {
            _ = Toolchain.Run("umount", disk);
        }
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_error() => Assert.Throws<IOException>(() => NewFile.Begin(Path.Combine(_folder.Path, "none", "new")));

    private static void Write(string path, bool isNew)
    {
        using NewFile file = NewFile.Begin(path);
        file.Stream.Write("new"u8);
        file.Complete(isNew);
    }

    private string[] Names() => [.. Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
}
