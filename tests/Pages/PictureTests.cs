using System;
using System.IO;
using System.Threading.Tasks;
using Microsoft.Playwright;
using PyStack.TestSupport;
using PyStack.TestSupport.Profiles;
using Xunit;

namespace PyStack.Pages.Tests;

/// <summary>Pictures of the page for docs/. They are made when they are asked for: <c>PYSTACK_PICTURES=1</c>.</summary>
public sealed class PictureTests(Browser browser)
{
    [Fact]
    public async Task The_pictures_of_the_page_are_made_when_they_are_asked_for()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PYSTACK_PICTURES") is { Length: > 0 }, "set PYSTACK_PICTURES=1 to make the pictures of docs/images anew");
        string folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "docs", "images")).FullName;
        foreach (ColorScheme scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await using Tab tab = await browser.OpenAsync(scheme, 1200, 640);
            await tab.ShowAsync([Shop.After], scheme == ColorScheme.Dark ? [Shop.Before] : []);
            await Take("flame");
            await tab.Page.ClickAsync("#tab-source");
            await Take("source");
            await tab.Page.ClickAsync("#tab-table");
            await Take("functions");

            Task Take(string name) => tab.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"profile-{name}-{(scheme == ColorScheme.Dark ? "dark" : "light")}.png") });
        }
    }
}
