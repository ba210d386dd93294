using System;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace PyStack;

/// <summary>The colours of a traceback as terminal sequences (ECMA-48 SGR), all empty if there should be none.</summary>
internal sealed record Palette(string Python, string Native, string Function, string Running, string Reset)
{
    public static readonly Palette Plain = new("", "", "", "", "");

    public static readonly Palette Coloured = new("\x1b[32m", "\x1b[34m", "\x1b[33m", "\x1b[34m", "\x1b[0m");

    private const string ConsoleHost = "ConsoleHost";

    /// <summary>A frame's function for a table's cell.</summary>
    public string Paint(string function, PyFrameKind kind) => function.Length == 0 ? "" : $"{(kind == PyFrameKind.Native ? Native : Function)}{function}{Reset}";

    public bool IsPlain => Reset.Length == 0;

    /// <summary>
    /// Colours, unless NO_COLOR is set, <c>$PSStyle.OutputRendering</c> is PlainText, or it is Host and the host has no terminal.
    /// </summary>
    /// <remarks>pwsh's own host says that it has a terminal even if its output goes to a file or a pipe: there the process is asked.</remarks>
    /// <param name="host">The session's <c>$Host</c>.</param>
    /// <param name="style">The session's <c>$PSStyle</c>, or null where it has none.</param>
    /// <param name="noColor">The environment's <c>NO_COLOR</c>, or null.</param>
    /// <param name="isRedirected">Whether this process's standard output is no terminal.</param>
    public static Palette For(PSHost? host, PSObject? style, string? noColor, bool isRedirected)
    {
        // https://no-color.org: set and not empty.
        if (!string.IsNullOrEmpty(noColor))
        {
            return Plain;
        }

        // PowerShell Standard has no PSStyle type: the session's own is read by name.
        return style?.Properties["OutputRendering"]?.Value?.ToString() switch
        {
            "PlainText" => Plain,
            "Ansi" => Coloured,
            _ => HasTerminal(host, isRedirected) ? Coloured : Plain,
        };
    }

    /// <summary>Whether what the host is given to show goes to a terminal.</summary>
    /// <param name="host">The session's <c>$Host</c>.</param>
    /// <param name="isRedirected">Whether this process's standard output is no terminal.</param>
    public static bool HasTerminal(PSHost? host, bool isRedirected) => host?.UI is { SupportsVirtualTerminal: true } && !(isRedirected && host.Name == ConsoleHost);

    /// <summary>As above, for this process.</summary>
    public static Palette For(PSHost? host, PSObject? style) => For(host, style, Environment.GetEnvironmentVariable("NO_COLOR"), Console.IsOutputRedirected);
}
