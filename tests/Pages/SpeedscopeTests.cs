using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PyStack.TestSupport;
using PyStack.TestSupport.Profiles;
using Xunit;

namespace PyStack.Pages.Tests;

/// <summary>Our file in speedscope itself, as its npm package has it.</summary>
public sealed class SpeedscopeTests(Browser browser)
{
    private static readonly string Program = Path.Combine(Repository.Cache, "npm", "speedscope", "dist", "release", "index.html");

    private static async Task OpenAsync(Tab tab, params PyProfile[] profiles)
    {
        Assert.SkipUnless(File.Exists(Program), "there is no speedscope (tests/browser.sh gets it by npm)");
        string file = tab.Write("Speedscope", "profile.speedscope.json", profiles);
        await tab.Page.GotoAsync("file://" + Program);
        await tab.Page.SetInputFilesAsync("input[type=file]", file);
        await tab.Page.GetByText("Sandwich").ClickAsync();
    }

    [Fact]
    public async Task Speedscope_sums_the_functions_of_a_thread_as_they_are()
    {
        await using Tab tab = await browser.OpenAsync();
        await OpenAsync(tab, SampleProfiles.Simple());
        await tab.Page.GetByText("App.compute").First.WaitForAsync();

        // Of the first thread: 80 samples of 10 ms.
        string[] rows = [.. (await tab.Page.Locator("table tr").AllInnerTextsAsync()).Select(row => string.Join(' ', row.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))];
        Assert.Contains("600.00ms (75%) 400.00ms (50%) App.compute", rows);
        Assert.Contains("200.00ms (25%) 200.00ms (25%) pow", rows);
        Assert.Contains("600.00ms (75%) 0.00ns (<0.01%) work", rows);
        Assert.Contains("MainThread (112)", await tab.Page.InnerTextAsync("body"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Speedscope_opens_hostile_names()
    {
        await using Tab tab = await browser.OpenAsync();
        await OpenAsync(tab, SampleProfiles.Hostile());
        await tab.Page.GetByText("</script><script>window.hacked=1").First.WaitForAsync();

        Assert.True(await tab.Page.EvaluateAsync<bool>("window.hacked === undefined"));
    }
}
