using System;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Native;

/// <summary>
/// Passes paths to system calls byte for byte, as <see cref="PathText"/> has them. In a <c>LibraryImport</c>: <c>StringMarshalling =
/// StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller)</c>. A string that cannot be the name of a file is passed as an empty name, which
/// makes the call fail with ENOENT.
/// </summary>
[CustomMarshaller(typeof(string), MarshalMode.ManagedToUnmanagedIn, typeof(PathMarshaller))]
internal static unsafe class PathMarshaller
{
    /// <summary>Memory that <see cref="Free"/> frees after the call.</summary>
    public static byte* ConvertToUnmanaged(string? path)
    {
        if (path is null)
        {
            return null;
        }

        ReadOnlySpan<byte> bytes = PathText.EncodeForCall(path);
        byte* memory = (byte*)NativeMemory.Alloc((nuint)bytes.Length);
        bytes.CopyTo(new Span<byte>(memory, bytes.Length));
        return memory;
    }

    public static void Free(byte* memory) => NativeMemory.Free(memory);
}
