using System;
using System.Runtime.InteropServices;
using System.Text;

namespace PyStack.Engine.Symbols.Demangling;

/// <summary>
/// Names of functions as their authors wrote them: C++ names by the C++ library that .NET itself needs (Itanium C++ ABI, 5.1), Rust names and those of Cython by our own readers,
/// since that library does not know them.
/// </summary>
internal static unsafe partial class Demangler
{
    /// <summary>A longer name is shown as it is: its demangled form can be larger by orders of magnitude.</summary>
    private const int MaxLength = 4096;

    private static bool _isMissing;

    /// <summary>The readable name; the same name if it is of another language or invalid.</summary>
    public static string Demangle(string name)
    {
        if (RustNames.TryDemangle(name, out string? rust))
        {
            return rust;
        }

        if (CythonNames.TryDemangle(name, out string? cython))
        {
            return cython;
        }

        if (!name.StartsWith("_Z", StringComparison.Ordinal) || name.Length > MaxLength || _isMissing)
        {
            return name;
        }

        // A clone of a function is named like it, with a suffix that the library would show in brackets.
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        byte[] mangled = Encoding.UTF8.GetBytes((dot > 0 ? name[..dot] : name) + "\0");
        try
        {
            fixed (byte* start = mangled)
            {
                byte* readable = CxaDemangle(start, null, null, out int status);
                if (readable is null || status != 0)
                {
                    return name;
                }

                string text = Marshal.PtrToStringUTF8((nint)readable) ?? name;
                NativeMemory.Free(readable);
                return text.Length <= MaxLength * 4 ? text : name;
            }
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            _isMissing = true;
            return name;
        }
    }

    [LibraryImport("libstdc++.so.6", EntryPoint = "__cxa_demangle")]
    private static partial byte* CxaDemangle(byte* mangled, byte* buffer, nuint* length, out int status);
}
