using System;
using System.IO;
using System.Linq;
using System.Runtime.Loader;
using PyStack.Engine.Compression;
using PyStack.Engine.Primitives;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Engine.Tests.Compression;

/// <summary>Bytes that the machine's own tools have packed.</summary>
public sealed class UnpackerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("gzip", (int)CompressionFormat.GZip, "-k")]
    [InlineData("zstd", (int)CompressionFormat.Zstandard, "-q")]
    [InlineData("xz", (int)CompressionFormat.Xz, "-k")]
    public void They_are_unpacked_as_they_were(string tool, int format, string option)
    {
        byte[] content = Content();
        byte[] packed = Pack(content, tool, option);

        Assert.Equal(content, Unpack((CompressionFormat)format, packed, content.Length));
        Assert.Equal(content, Unpack((CompressionFormat)format, packed, 1 << 22));
    }

    [Theory]
    [InlineData("zstd", (int)CompressionFormat.Zstandard, "-q")]
    [InlineData("xz", (int)CompressionFormat.Xz, "-k")]
    public void More_than_the_limit_is_not_unpacked(string tool, int format, string option)
    {
        byte[] content = Content();

        Assert.Equal(content[..^1], Unpack((CompressionFormat)format, Pack(content, tool, option), content.Length - 1));
    }

    [Theory]
    [InlineData("zstd", (int)CompressionFormat.Zstandard, "-q")]
    [InlineData("xz", (int)CompressionFormat.Xz, "-k")]
    public void Broken_bytes_do_no_harm(string tool, int format, string option)
    {
        byte[] packed = Pack(Content(), tool, option);
        Random random = new(11);
        for (int i = 0; i < 300; i++)
        {
            byte[] broken = [.. packed];
            for (int j = 0; j <= i % 4; j++)
            {
                broken[random.Next(broken.Length)] = (byte)random.Next(256);
            }

            byte[] bytes = Unpack((CompressionFormat)format, broken[..(i % 3 == 0 ? random.Next(broken.Length) : broken.Length)], 1 << 22);
            Assert.True(bytes.Length <= 1 << 22);
        }
    }

    [Fact]
    public void The_libraries_are_in_a_load_context_of_their_own()
    {
        Assert.NotEmpty(Unpack(CompressionFormat.Zstandard, Pack(Content(), "zstd", "-q"), 1 << 22));

        AssemblyLoadContext context = Assert.Single(AssemblyLoadContext.All, one => one.Name == "PyStack.Codecs");
        Assert.Contains(context.Assemblies, assembly => assembly.GetName().Name == "ZstdSharp");
        Assert.DoesNotContain(AssemblyLoadContext.Default.Assemblies, assembly => assembly.GetName().Name is "ZstdSharp" or "SharpCompress");
    }

    private static byte[] Unpack(CompressionFormat format, byte[] packed, long limit)
    {
        using UnpackedBytes? bytes = UnpackedBytes.TryOpen(format, new MemoryStream(packed), limit, BinaryBudget.Of(Limits.Default));
        return bytes is null ? [] : bytes.Get((ulong)limit).ToArray();
    }

    private static byte[] Content()
    {
        Random random = new(7);
        return [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i % 7 == 0 ? random.Next(256) : i / 1000))];
    }

    private byte[] Pack(byte[] content, string tool, string option)
    {
        string path = Path.Combine(_folder.Path, Guid.NewGuid().ToString("n"));
        File.WriteAllBytes(path, content);
        Toolchain.Run(tool, option, path);
        return File.ReadAllBytes(path + (tool == "gzip" ? ".gz" : tool == "zstd" ? ".zst" : ".xz"));
    }
}
