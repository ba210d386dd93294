using System;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Net;
using System.Text;

namespace PyStack.Engine.Pages;

/// <summary>
/// One HTML file with everything in it. It has no address of another machine, and its content security policy allows no script and no style but its own. What came from a target is in it as JSON,
/// gzip and base64 only: letters and digits, which no parser of HTML can take for something else. The page's scripts set it as text, never as HTML.
/// </summary>
/// <param name="template">The name of the embedded file with the elements, and with the places <c>{{title}}</c>, <c>{{style}}</c>, <c>{{script}}</c>, <c>{{nonce}}</c>, and <c>{{data}}</c>.</param>
/// <param name="styles">The names of embedded files.</param>
/// <param name="scripts">The names of embedded files, in the order in which they use each other.</param>
internal sealed class HtmlPage(string template, string[] styles, string[] scripts)
{
    // FNV-1a with 128 bits (RFC 9923).
    private static readonly UInt128 Prime = new(0x0000000001000000, 0x000000000000013b);
    private static readonly UInt128 OffsetBasis = new(0x6c62272e07bb0142, 0x62b821756295c58d);

    /// <summary>Writes the file.</summary>
    /// <param name="title">What the browser's tab shows: any text.</param>
    /// <param name="writeData">Writes the JSON that the scripts read.</param>
    public void Write(Stream output, string title, Action<Stream> writeData)
    {
        string script = string.Join('\n', Array.ConvertAll(scripts, Asset));
        string style = string.Join('\n', Array.ConvertAll(styles, Asset));
        string data = Packed(writeData);
        string page = Asset(template)
            .Replace("{{nonce}}", Nonce(title + data), StringComparison.Ordinal)
            .Replace("{{style}}", style, StringComparison.Ordinal)
            .Replace("{{script}}", script, StringComparison.Ordinal);

        // The two that depend on the target come last, so that nothing is replaced in them.
        string[] parts = page.Split("{{data}}");
        using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        writer.Write(parts[0].Replace("{{title}}", WebUtility.HtmlEncode(title), StringComparison.Ordinal));
        writer.Write(data);
        writer.Write(parts[1]);
    }

    private static string Packed(Action<Stream> writeData)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
        {
            writeData(gzip);
        }

        return Convert.ToBase64String(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static string Asset(string name)
    {
        using Stream stream = typeof(HtmlPage).Assembly.GetManifestResourceStream("Page/" + name)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    // Content Security Policy Level 3, nonce-source. The same page has the same one; no name in it can have it, since it follows from all that is in it. Hashes of the scripts would need OpenSSL, without
    // which .NET ends the process; small containers have none.
    private static string Nonce(string content)
    {
        UInt128 hash = OffsetBasis;
        foreach (char one in content)
        {
            hash = (hash ^ one) * Prime;
        }

        return hash.ToString("x32", CultureInfo.InvariantCulture);
    }
}
