using System;
using Microsoft.Win32.SafeHandles;

namespace PyStack.Engine.Targets;

/// <summary>A source file of the target, open for reading.</summary>
/// <param name="Length">In bytes.</param>
/// <param name="IsNewerThanTarget">Whether it was written after the target started.</param>
internal sealed record SourceFile(SafeFileHandle Handle, long Length, bool IsNewerThanTarget) : IDisposable
{
    public void Dispose() => Handle.Dispose();
}
