using System;
using System.IO;
using System.Threading.Tasks;
using Microsoft.Playwright;
using PyStack.TestSupport;
using PyStack.TestSupport.Pages;
using PyStack.TestSupport.Profiles;
using Xunit;

namespace PyStack.Pages.Tests;

/// <summary>Pictures of the report for docs/. They are made when they are asked for: <c>PYSTACK_PICTURES=1</c>.</summary>
public sealed class ReportPictureTests(Browser browser)
{
    [Fact]
    public async Task The_pictures_of_the_report_are_made_when_they_are_asked_for()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PYSTACK_PICTURES") is { Length: > 0 }, "set PYSTACK_PICTURES=1 to make the pictures of docs/images anew");
        string folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "docs", "images")).FullName;
        foreach (ColorScheme scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await using Tab tab = await browser.OpenAsync(scheme, 1200, 900);
            await tab.ShowReportAsync(SampleExcerpts.Instance, null, [.. SampleReports.Bank(), Shop.After]);
            await Take("report");
            await tab.Page.EvaluateAsync("document.querySelector('#waits').scrollIntoView()");
            await Take("report-waits");
            await tab.Page.EvaluateAsync("document.querySelector('#threads').scrollIntoView()");
            await Take("report-threads");

            Task Take(string name) => tab.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{(scheme == ColorScheme.Dark ? "dark" : "light")}.png") });
        }
    }
}
