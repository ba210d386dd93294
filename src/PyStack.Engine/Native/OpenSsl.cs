using System;
using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>Whether .NET can use OpenSSL. It ends the process where it needs it and finds none, as in small containers, so nothing that needs it may begin then.</summary>
internal static class OpenSsl
{
    // The versions that .NET's own loader tries, and the variable by which a user names another (dotnet/runtime, opensslshim.c).
    private static readonly string?[] Versions = [Environment.GetEnvironmentVariable("CLR_OPENSSL_VERSION_OVERRIDE"), "3", "1.1", "1.0.2", "1.0.0", "10"];

    private static readonly Lazy<bool> Found = new(() => IsAny(Versions));

    /// <summary>Whether it is here.</summary>
    public static bool IsPresent => Found.Value;

    /// <summary>Whether one of some versions of libssl can be loaded.</summary>
    internal static bool IsAny(params ReadOnlySpan<string?> versions)
    {
        foreach (string? version in versions)
        {
            if (!string.IsNullOrEmpty(version) && NativeLibrary.TryLoad($"libssl.so.{version}", out nint library))
            {
                NativeLibrary.Free(library);
                return true;
            }
        }

        return false;
    }
}
