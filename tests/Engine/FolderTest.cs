using System;
using System.IO;

namespace PyStack.Engine.Tests;

/// <summary>A test with a folder of its own, which is gone after it.</summary>
public abstract class FolderTest : IDisposable
{
    /// <summary>The path of the folder.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory("pystack-test-").FullName;

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
