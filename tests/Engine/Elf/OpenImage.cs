using System;
using PyStack.Engine.Elf;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using Xunit;

namespace PyStack.Engine.Tests.Elf;

/// <summary>A file of this machine and the image in it, both of which must be readable.</summary>
internal sealed class OpenImage : IDisposable
{
    private readonly MappedFile _file;

    public OpenImage(string path)
    {
        Assert.True(MappedFile.TryOpen(path, out MappedFile? file, out string problem), problem);
        Assert.True(ElfImage.TryFromFile(file, Limits.Default, out ElfImage? image, out problem), problem);
        _file = file;
        Image = image;
    }

    public ElfImage Image { get; }

    public MappedFile File => _file;

    public void Dispose() => _file.Dispose();
}
