using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Playwright;
using PyStack.Engine.Profiling.Formats;
using PyStack.Engine.Reports;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Pages.Tests;

/// <summary>Debian's chromium, started once for all tests. Where there is none the tests are skipped.</summary>
public sealed class Browser : IAsyncLifetime
{
    // What a browser does by itself over the network is off; a sandbox of its own is nothing that root can have.
    private static readonly string[] Options =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    private static string? Program => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(folder => new[] { Path.Combine(folder, "chromium"), Path.Combine(folder, "chromium-browser") })
        .FirstOrDefault(File.Exists);

    public async ValueTask InitializeAsync()
    {
        if (Program is { } program)
        {
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Headless = true, Args = Options });
        }
    }

    /// <summary>A tab with settings of its own.</summary>
    internal async Task<Tab> OpenAsync(ColorScheme scheme = ColorScheme.Light, int width = 1280, int height = 900)
    {
        Assert.SkipWhen(_browser is null, "there is no chromium (tests/browser.sh installs it)");
        IBrowserContext context = await _browser!.NewContextAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = height }, ReducedMotion = ReducedMotion.Reduce });
        return new Tab(context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        _playwright?.Dispose();
    }
}

/// <summary>A tab that remembers what went wrong in it, and what it asked others for.</summary>
internal sealed class Tab : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly TemporaryFolder _folder = new();

    public Tab(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) => Add(message.Type is "error" or "warning", message.Text);
        page.PageError += (_, error) => Add(true, error);
        page.Dialog += (_, dialog) =>
        {
            Add(true, "dialog: " + dialog.Message);
            _ = dialog.DismissAsync();
        };
        page.Request += (_, request) => Add(!request.Url.StartsWith("file://", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal), "request: " + request.Url);
    }

    public IPage Page { get; }

    /// <summary>Errors, warnings, dialogs, and requests that left the machine's files.</summary>
    public ConcurrentQueue<string> Complaints { get; } = new();

    public string Folder => _folder.Path;

    /// <summary>Writes the page of profiles into a file and opens it.</summary>
    public async Task ShowAsync(PyProfile[] profiles, params PyProfile[] baseline)
    {
        string file = Write("Html", "profile.html", profiles, baseline);
        await Page.GotoAsync("file://" + file);
        await Page.WaitForSelectorAsync("body[data-ready=true]", new() { State = WaitForSelectorState.Attached });
    }

    /// <summary>Writes the page of a report into a file and opens it.</summary>
    /// <param name="items">Objects as a pipeline has them.</param>
    public Task ShowReportAsync(params object[] items) => ShowReportAsync(NoLook.Instance, null, items);

    public async Task ShowReportAsync(IReportLook look, string? title, params object[] items)
    {
        string file = Path.Combine(_folder.Path, "report.html");
        Report report = new() { Title = title };
        foreach (object item in items)
        {
            // The second part of a pair is the machine.
            (object value, string machine) = item is ValueTuple<object, string> pair ? pair : (item, "web-1");
            report.Add(value, machine);
        }

        using (FileStream stream = File.Create(file))
        {
            ReportPage.Write(stream, report, look, CancellationToken.None);
        }

        await Page.GotoAsync("file://" + file);
        await Page.WaitForSelectorAsync("body[data-ready=true]", new() { State = WaitForSelectorState.Attached });
    }

    public string Write(string format, string name, PyProfile[] profiles, params PyProfile[] baseline)
    {
        string file = Path.Combine(_folder.Path, name);
        using FileStream stream = File.Create(file);
        ProfileFormats.ByName(format)!.Write(stream, new ProfileSet(profiles, baseline), CancellationToken.None);
        return file;
    }

    /// <summary>The names of the frames that are drawn, outermost first and from left to right, those with equal ones above each other once.</summary>
    public async Task<string[]> FramesAsync() => await Page.EvaluateAsync<string[]>("[...document.querySelectorAll('#flame g')].map(g => g.getAttribute('name'))");

    public ILocator Frame(string name) => Page.Locator($"#flame g[name='{name}'] rect").First;

    public Task<string> TextAsync(string selector) => Page.Locator(selector).InnerTextAsync();

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        _folder.Dispose();
    }

    private void Add(bool isComplaint, string text)
    {
        if (isComplaint)
        {
            Complaints.Enqueue(text);
        }
    }
}
