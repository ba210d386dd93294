using System.Management.Automation;
using System.Management.Automation.Host;

namespace PyStack;

/// <summary>The colours of a traceback as terminal sequences (ECMA-48 SGR), all empty where there shall be none.</summary>
internal sealed record Palette(string Python, string Native, string Function, string Running, string Reset)
{
    public static readonly Palette Plain = new("", "", "", "", "");

    public static readonly Palette Coloured = new("\x1b[32m", "\x1b[34m", "\x1b[33m", "\x1b[34m", "\x1b[0m");

    public bool IsPlain => Reset.Length == 0;

    /// <summary>
    /// Colours, unless NO_COLOR is set, <c>$PSStyle.OutputRendering</c> is PlainText, or it is Host and the host has no terminal.
    /// </summary>
    /// <param name="host">The session's <c>$Host</c>.</param>
    /// <param name="style">The session's <c>$PSStyle</c>, or null where it has none.</param>
    /// <param name="noColor">The environment's <c>NO_COLOR</c>, or null.</param>
    public static Palette For(PSHost? host, PSObject? style, string? noColor)
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
            _ => host?.UI is { SupportsVirtualTerminal: true } ? Coloured : Plain,
        };
    }
}
