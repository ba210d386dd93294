using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using PyStack.Engine.Profiling.Formats.Page;

namespace PyStack.Engine.Profiling.Formats;

/// <summary>
/// A page with everything in it: flame graph, table and source view. It has no address of another machine, and its content security policy allows no script but its own. What came from the target
/// is in it as JSON, gzip and base64 only: letters and digits, which no parser of HTML can take for something else. The page's script sets it as text, never as HTML.
/// </summary>
internal sealed class HtmlFormat : IProfileFormat
{
    // In this order: each uses those before it.
    private static readonly string[] Scripts = ["d3-flame-graph.min.js", "data.js", "tree.js", "colors.js", "flame.js", "table.js", "source.js", "page.js"];

    /// <inheritdoc/>
    public string Name => "Html";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".html", ".htm"];

    /// <inheritdoc/>
    public string Description => "a page for any browser, with everything in it";

    /// <inheritdoc/>
    public bool HasBaseline => true;

    /// <inheritdoc/>
    public void Write(Stream output, ProfileSet profiles, CancellationToken cancellation)
    {
        string script = string.Join('\n', Array.ConvertAll(Scripts, Asset));
        string style = Asset("page.css");
        string title = profiles.Profiles.Count == 1 ? ProfileText.Process(profiles.Profiles[0]) : $"{profiles.Profiles.Count} processes";
        string page = Asset("page.html")
            .Replace("{{style-hash}}", Hash(style), StringComparison.Ordinal)
            .Replace("{{script-hash}}", Hash(script), StringComparison.Ordinal)
            .Replace("{{style}}", style, StringComparison.Ordinal)
            .Replace("{{script}}", script, StringComparison.Ordinal);

        // The two that depend on the target come last, so that nothing is replaced in them.
        string[] parts = page.Split("{{data}}");
        using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        writer.Write(parts[0].Replace("{{title}}", WebUtility.HtmlEncode(title), StringComparison.Ordinal));
        writer.Write(Packed(profiles, cancellation));
        writer.Write(parts[1]);
    }

    private static string Packed(ProfileSet profiles, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
        {
            new PageData(profiles, cancellation).Write(gzip);
        }

        return Convert.ToBase64String(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static string Asset(string name)
    {
        using Stream stream = typeof(HtmlFormat).Assembly.GetManifestResourceStream("Page/" + name)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    // Content Security Policy Level 3, hash-source.
    private static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
