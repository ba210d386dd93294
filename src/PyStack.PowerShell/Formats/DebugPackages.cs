using System.Text.RegularExpressions;

namespace PyStack;

/// <summary>Where the symbols of a distribution's files are. The help of <c>Get-PyStack</c> says what to do for all others.</summary>
internal static partial class DebugPackages
{
    /// <summary>
    /// The package of Debian and its relatives that has the symbols of a file, by the contents of bookworm's packages: those of libpython, too, are in <c>python3.11-dbg</c>.
    /// Null for a file of which no package is known.
    /// </summary>
    /// <param name="library">The file's path in the target's root.</param>
    public static string? Of(string library)
    {
        Match python = Python().Match(library);
        return python.Success ? $"python{python.Groups["version"].Value}-dbg" : GlibC().IsMatch(library) ? "libc6-dbg" : null;
    }

    [GeneratedRegex(@"^/usr/(?:bin/python|lib/[a-z0-9_]+-linux-gnu/libpython)(?<version>[23]\.[0-9]+)(?:\.so[.0-9]*)?$")]
    private static partial Regex Python();

    // Only Debian and its relatives have folders for architectures.
    [GeneratedRegex(@"^(?:/usr)?/lib/[a-z0-9_]+-linux-gnu/(?:lib(?:c|m|pthread|dl|rt|resolv)|ld-linux[a-z0-9-]*)\.so\.[0-9]+$")]
    private static partial Regex GlibC();
}
