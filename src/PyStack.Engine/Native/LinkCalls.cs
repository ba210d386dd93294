using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Native;

/// <summary>Reading symbolic links with the reason where it fails, which .NET's own call does not say (readlink(2)).</summary>
internal static unsafe partial class LinkCalls
{
    /// <summary>PATH_MAX of linux/limits.h: the kernel does not return a longer target for a link of procfs.</summary>
    private const int MaxPath = 4096;

    /// <summary>The target of a link. Returns 0 or an errno.</summary>
    public static int Read(string path, out string target)
    {
        byte* buffer = stackalloc byte[MaxPath];
        nint length = ReadLink(path, buffer, MaxPath);
        if (length < 0)
        {
            target = "";
            return Marshal.GetLastPInvokeError();
        }

        target = PathText.Decode(new ReadOnlySpan<byte>(buffer, (int)length));
        return 0;
    }

    /// <summary>The target of a link as bytes, for thousands of links.</summary>
    /// <param name="path">Ends in a zero byte.</param>
    /// <param name="target">A longer one is cut.</param>
    /// <returns>Its length; 0 if it cannot be read.</returns>
    public static int Read(ReadOnlySpan<byte> path, Span<byte> target)
    {
        fixed (byte* name = path)
        fixed (byte* bytes = target)
        {
            return (int)Math.Max(0, ReadLinkBytes(name, bytes, (nuint)target.Length));
        }
    }

    [LibraryImport("libc", EntryPoint = "readlink")]
    private static partial nint ReadLinkBytes(byte* path, byte* buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial nint ReadLink(string path, byte* buffer, nuint size);
}
