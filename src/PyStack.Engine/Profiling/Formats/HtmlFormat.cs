using System.Collections.Generic;
using System.IO;
using System.Threading;
using PyStack.Engine.Pages;
using PyStack.Engine.Profiling.Formats.Page;

namespace PyStack.Engine.Profiling.Formats;

/// <summary>A page with everything in it: flame graph, table and source view.</summary>
internal sealed class HtmlFormat : IProfileFormat
{
    private static readonly HtmlPage Page = new("page.html", ["common.css", "flame.css", "page.css"], ["common.js", .. GraphScripts, "source.js", "page.js"]);

    /// <summary>What a page needs, after <c>common.js</c>, to draw flame graphs and tables of functions from what <see cref="PageData"/> writes; its style is <c>flame.css</c>.</summary>
    public static string[] GraphScripts => ["d3-flame-graph.min.js", "data.js", "tree.js", "colors.js", "flame.js", "table.js"];

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
        string title = profiles.Profiles.Count == 1 ? ProfileText.Process(profiles.Profiles[0]) : $"{profiles.Profiles.Count} processes";
        Page.Write(output, title, data => new PageData(profiles, hasSources: true, cancellation).Write(data));
    }
}
