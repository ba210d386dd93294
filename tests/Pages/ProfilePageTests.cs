using System;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.Playwright;
using PyStack.TestSupport.Profiles;
using Xunit;

[assembly: AssemblyFixture(typeof(PyStack.Pages.Tests.Browser))]

namespace PyStack.Pages.Tests;

/// <summary>The page of <c>Export-PyProfile</c> in a real browser, opened from a file. Every test ends with a console without errors and no request to another machine.</summary>
public sealed class ProfilePageTests(Browser browser) : IAsyncLifetime
{
    private Tab _tab = null!;

    private IPage Page => _tab.Page;

    public async ValueTask InitializeAsync() => _tab = await browser.OpenAsync();

    public async ValueTask DisposeAsync()
    {
        if (_tab is not null)
        {
            string[] complaints = [.. _tab.Complaints];
            await _tab.DisposeAsync();
            Assert.Empty(complaints);
        }
    }

    [Fact]
    public async Task The_graph_has_each_function_as_wide_as_its_share()
    {
        await _tab.ShowAsync([SampleProfiles.Simple()]);

        Assert.Equal(
            ["all", "<module> (app.py)", "Thread.run (threading.py)", "rest (app.py)", "work (app.py)", "App.compute (app.py)", "App.compute (app.py)", "App.compute (app.py)", "pow (libm.so.6)"],
            await _tab.FramesAsync());
        double all = (await _tab.Frame("all").BoundingBoxAsync())!.Width;
        Assert.Equal(0.6, (await _tab.Frame("work (app.py)").BoundingBoxAsync())!.Width / all, 2);
        Assert.Equal("App.compute (app.py)", await Page.Locator("#flame g[name='App.compute (app.py)'] .d3-flame-graph-label").First.InnerTextAsync());
        Assert.Contains("python3 (112), Python 3.12.1", await _tab.TextAsync("#summary"), StringComparison.Ordinal);
        Assert.Contains("3 torn", await _tab.TextAsync("#summary"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_click_enlarges_a_frame_Escape_goes_back_and_keys_walk()
    {
        await _tab.ShowAsync([SampleProfiles.Simple()]);

        await _tab.Frame("work (app.py)").ClickAsync();
        Assert.Equal(["all", "<module> (app.py)", "work (app.py)", "App.compute (app.py)", "pow (libm.so.6)"], await _tab.FramesAsync());
        Assert.Contains("work (app.py): 60.0 % of the samples (60)", await _tab.TextAsync("#details"), StringComparison.Ordinal);

        await Page.FocusAsync("#flame");
        await Page.Keyboard.PressAsync("ArrowUp");
        Assert.Contains("App.compute (app.py): 60.0 % of the samples (60), 40.0 % of its own", await _tab.TextAsync("#details"), StringComparison.Ordinal);
        Assert.Equal("App.compute (app.py)", await Page.EvaluateAsync<string>("document.getElementById(document.querySelector('#flame').getAttribute('aria-activedescendant')).getAttribute('name')"));

        await Page.Keyboard.PressAsync("Escape");
        Assert.Contains("rest (app.py)", await _tab.FramesAsync());
        await Page.Keyboard.PressAsync("Home");
        Assert.Contains("Thread.run (threading.py)", await _tab.FramesAsync());
    }

    [Fact]
    public async Task A_search_marks_what_it_finds_and_says_its_share()
    {
        await _tab.ShowAsync([SampleProfiles.Simple()]);

        await Page.Keyboard.PressAsync("/");
        await Page.Keyboard.TypeAsync("COMPUTE");
        await Assertions.Expect(Page.Locator("#found")).ToHaveTextAsync("80.0 % of the samples (80) in 1 functions");
        Assert.Equal(3, await Page.Locator("#flame g.found").CountAsync());

        await Page.FillAsync("#search", "/^(pow|rest) /");
        await Assertions.Expect(Page.Locator("#found")).ToHaveTextAsync("40.0 % of the samples (40) in 2 functions");
        await Page.FillAsync("#search", "/(/");
        await Assertions.Expect(Page.Locator("#found")).ToHaveTextAsync("not a valid pattern");
    }

    [Fact]
    public async Task A_thread_a_process_and_a_task_are_shown_alone()
    {
        PyProfile other = SampleProfiles.New(500, [SampleProfiles.Stack(50, "MainThread", 500, [SampleProfiles.Frame("other", "b.py", 1)]), SampleProfiles.Stack(50, "MainThread", 500, [SampleProfiles.Frame("step", "b.py", 2)], task: "fetch")]);
        await _tab.ShowAsync([SampleProfiles.Simple(), other]);

        await Page.SelectOptionAsync("#thread", new SelectOptionValue { Label = "python3 (112): worker;1 (113)" });
        Assert.Equal(["all", "Thread.run (threading.py)", "App.compute (app.py)", "App.compute (app.py)"], await _tab.FramesAsync());

        await Page.SelectOptionAsync("#thread", "");
        await Page.SelectOptionAsync("#process", new SelectOptionValue { Label = "python3 (500)" });
        Assert.Equal(["all", "other (b.py)", "step (b.py)"], await _tab.FramesAsync());

        await Page.SelectOptionAsync("#task", new SelectOptionValue { Label = "fetch" });
        Assert.Equal(["all", "step (b.py)"], await _tab.FramesAsync());

        await Page.SelectOptionAsync("#task", "");
        await Page.SelectOptionAsync("#group", "task");
        Assert.Equal(["all", "no task", "task fetch", "other (b.py)", "step (b.py)"], await _tab.FramesAsync());
    }

    [Fact]
    public async Task Idle_samples_can_be_hidden_and_the_graph_turned()
    {
        await _tab.ShowAsync([SampleProfiles.Simple()]);
        double above = (await _tab.Frame("pow (libm.so.6)").BoundingBoxAsync())!.Y;
        Assert.True(above < (await _tab.Frame("all").BoundingBoxAsync())!.Y);

        await Page.CheckAsync("#idle");
        Assert.DoesNotContain("rest (app.py)", await _tab.FramesAsync());
        Assert.Equal("Flame graph, 80 samples", await Page.GetAttributeAsync("#flame", "aria-label"));

        await Page.CheckAsync("#icicle");
        Assert.True((await _tab.Frame("pow (libm.so.6)").BoundingBoxAsync())!.Y > (await _tab.Frame("all").BoundingBoxAsync())!.Y);
        Assert.Equal("Icicle graph, 80 samples", await Page.GetAttributeAsync("#flame", "aria-label"));
    }

    [Fact]
    public async Task A_difference_has_signs_and_words_besides_colours()
    {
        // compute 10 of 70 before, 40 of 100 now: 30 / 70 = 42.9 % and 60 %.
        await _tab.ShowAsync([SampleProfiles.Simple()], SampleProfiles.Simple(900, compute: 10));

        Assert.Contains("+17.1 work (app.py)", await _tab.FramesAsync());
        Assert.Contains("\u22128.6 rest (app.py)", await _tab.FramesAsync());
        Assert.Contains("more than before: +", await _tab.TextAsync("#legend"), StringComparison.Ordinal);
        string more = (await _tab.Frame("+17.1 work (app.py)").GetAttributeAsync("fill"))!, less = (await _tab.Frame("\u22128.6 rest (app.py)").GetAttributeAsync("fill"))!;
        Assert.StartsWith("hsl(0 ", more, StringComparison.Ordinal);
        Assert.StartsWith("hsl(215 ", less, StringComparison.Ordinal);

        await Page.CheckAsync("#before");
        double all = (await _tab.Frame("all").BoundingBoxAsync())!.Width;
        Assert.Equal(30.0 / 70, (await _tab.Frame("+17.1 work (app.py)").BoundingBoxAsync())!.Width / all, 2);

        await Page.ClickAsync("#tab-table");
        Assert.Contains("\t+17.1\t+8.6\t", await Page.Locator("#table tr", new() { HasText = "App.compute" }).InnerTextAsync(), StringComparison.Ordinal);

        await Page.ClickAsync("#tab-flame");
        await Page.UncheckAsync("#difference");
        Assert.Contains("work (app.py)", await _tab.FramesAsync());
    }

    [Fact]
    public async Task The_table_has_self_and_total_and_is_sorted_by_its_headers()
    {
        await _tab.ShowAsync([SampleProfiles.Simple()]);
        await Page.ClickAsync("#tab-table");
        async Task<string[]> Rows() => [.. (await Page.Locator("#table tbody tr").AllInnerTextsAsync()).Select(row => row.Replace('\t', '|'))];

        Assert.Equal("60.0 %|60|80.0 %|80|App.compute|/srv/app.py", (await Rows())[0]);
        Assert.Equal("descending", await Page.Locator("#table th").First.GetAttributeAsync("aria-sort"));

        await Page.ClickAsync("#table [data-key=name]");
        Assert.Equal(["<module>", "App.compute", "Thread.run", "pow", "rest", "work"], (await Rows()).Select(row => row.Split('|')[4]));
        await Page.ClickAsync("#table [data-key=name]");
        Assert.EndsWith("work|/srv/app.py", (await Rows())[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_source_has_the_shares_of_its_lines()
    {
        await _tab.ShowAsync([SampleProfiles.Simple()]);
        await Page.ClickAsync("#tab-table");
        await Page.ClickAsync("#table button:text('App.compute')");

        Assert.Equal("/srv/app.py", await Page.InputValueAsync("#file"));
        string[] lines = [.. (await Page.Locator("#source tbody tr").AllInnerTextsAsync()).Select(row => row.Replace('\t', '|'))];
        Assert.Equal("8|60.0 %|80.0 %|    return i ** i", lines[7]);
        Assert.Equal("5||60.0 %|        compute(i)", lines[4]);
        Assert.Equal("8", await Page.Locator("#source tr.at").GetAttributeAsync("data-line"));
        Assert.NotEqual("", await Page.Locator("#source tr[data-line='8'] td:nth-child(3)").EvaluateAsync<string>("cell => cell.style.background"));

        await Page.ClickAsync("#tab-flame");
        await _tab.Frame("rest (app.py)").ClickAsync();
        await Page.Keyboard.PressAsync("Tab");
        await Page.ClickAsync("#show-source");
        Assert.Equal("11", await Page.Locator("#source tr.at").GetAttributeAsync("data-line"));
    }

    [Fact]
    public async Task Colours_by_kind_and_GIL_have_marks_and_a_legend()
    {
        await _tab.ShowAsync([SampleProfiles.Simple()]);

        await Page.SelectOptionAsync("#colours", "kind");
        Assert.Contains("C pow (libm.so.6)", await _tab.FramesAsync());
        await Page.SelectOptionAsync("#colours", "gil");
        Assert.Contains("GIL work (app.py)", await _tab.FramesAsync());
        Assert.Contains("idle rest (app.py)", await _tab.FramesAsync());
        Assert.Contains("GIL: held in most samples", await _tab.TextAsync("#legend"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dark_and_light_are_those_of_the_system_and_can_be_changed_and_every_text_has_contrast()
    {
        await _tab.ShowAsync([SampleProfiles.Simple()], SampleProfiles.Simple(900, compute: 10));
        foreach (string theme in (string[])["light", "dark"])
        {
            Assert.Equal(theme, await Page.EvaluateAsync<string>("document.documentElement.dataset.theme"));
            foreach (string colours in (string[])["difference", "file", "kind", "gil"])
            {
                await Page.SetCheckedAsync("#difference", colours == "difference");
                if (colours != "difference")
                {
                    await Page.SelectOptionAsync("#colours", colours);
                }

                // WCAG 2.2, 1.4.3: 4.5 to 1.
                Assert.All(await Page.EvaluateAsync<double[]>(Contrasts), contrast => Assert.InRange(contrast, 4.5, 21));
            }

            await Page.ClickAsync("#theme");
        }

        await using Tab dark = await browser.OpenAsync(ColorScheme.Dark);
        await dark.ShowAsync([SampleProfiles.Simple()]);
        Assert.Equal("dark", await dark.Page.EvaluateAsync<string>("document.documentElement.dataset.theme"));
    }

    // The contrast of labels to their frames, and of the page's texts to its backgrounds.
    private const string Contrasts = """
        () => {
          const numbers = (color) => { const c = document.createElement('canvas').getContext('2d'); c.fillStyle = color; c.fillRect(0, 0, 1, 1); return [...c.getImageData(0, 0, 1, 1).data].slice(0, 3); };
          const luminance = (color) => { const [r, g, b] = numbers(color).map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const contrast = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
          const style = (e) => getComputedStyle(e);
          const labels = [...document.querySelectorAll('#flame g')].map(g => contrast(style(g.querySelector('.d3-flame-graph-label')).color, style(g.querySelector('rect')).fill));
          const back = style(document.body).backgroundColor, panel = style(document.querySelector('#controls')).backgroundColor;
          const texts = ['#summary', '#keys', '#legend', '#title', '#details'].map(s => contrast(style(document.querySelector(s)).color, back));
          return [...labels, ...texts, contrast(style(document.querySelector('#controls label')).color, panel)];
        }
        """;

    [Fact]
    public async Task Every_control_has_a_name_and_can_be_reached_by_the_keyboard()
    {
        await _tab.ShowAsync([SampleProfiles.Simple()], SampleProfiles.Simple(900));
        string tree = await Page.Locator("body").AriaSnapshotAsync();

        foreach (string part in (string[])["search \"What is shown\"", "combobox \"Thread\"", "combobox \"Group by\"", "combobox \"Colours\"", "checkbox \"Hide idle\"", "checkbox \"Difference\"", "searchbox \"Search\"", "tablist \"Views\"", "tab \"Flame graph\" [selected]", "tree \"Flame graph", "treeitem \"all: 100.0 %"])
        {
            Assert.Contains(part, tree, StringComparison.Ordinal);
        }

        await Page.FocusAsync("#tab-flame");
        await Page.Keyboard.PressAsync("ArrowRight");
        Assert.True(await Page.Locator("#panel-table").IsVisibleAsync());
        Assert.Equal("tab-table", await Page.EvaluateAsync<string>("document.activeElement.id"));
        Assert.Equal("3px", await Page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineWidth"));
    }

    [Fact]
    public async Task No_hostile_name_runs_a_script_or_hides_a_part_of_the_page()
    {
        await _tab.ShowAsync([SampleProfiles.Hostile()], SampleProfiles.Hostile());
        foreach (string tab in (string[])["#tab-table", "#tab-source", "#tab-flame"])
        {
            await Page.ClickAsync(tab);
        }

        foreach (string group in (string[])["process", "thread", "task"])
        {
            await Page.SelectOptionAsync("#group", group);
        }

        await Page.FillAsync("#search", SampleProfiles.HostileNames[0]);
        await Assertions.Expect(Page.Locator("#found")).ToContainTextAsync("% of the samples");
        Assert.True(await Page.EvaluateAsync<bool>("window.hacked === undefined"));
        Assert.Equal(2, await Page.EvaluateAsync<int>("document.scripts.length + document.images.length + document.querySelectorAll('iframe,object,embed,link[rel=stylesheet]').length + 1"));
        Assert.Equal("Profile of </script><script>window.hacked=1</script> (112)", await Page.TitleAsync());
        Assert.False(await Page.EvaluateAsync<bool>(@"/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029]/.test(document.body.textContent)"));
    }

    [Fact]
    public async Task Printing_shows_the_graph_and_the_table_without_the_controls()
    {
        await _tab.ShowAsync([SampleProfiles.Simple()]);
        await Page.EmulateMediaAsync(new() { Media = Media.Print });

        Assert.False(await Page.Locator("#controls").IsVisibleAsync());
        Assert.True(await Page.Locator("#flame").IsVisibleAsync());
        Assert.True(await Page.Locator("#table").IsVisibleAsync());
    }

    [Fact]
    public async Task A_profile_without_samples_says_so()
    {
        await _tab.ShowAsync([new PyProfile { ProcessId = 7 }]);

        Assert.Equal(["all"], await _tab.FramesAsync());
        Assert.Equal("Flame graph, 0 samples", await Page.GetAttributeAsync("#flame", "aria-label"));
        await Page.ClickAsync("#tab-source");
        Assert.Contains("no source files", await _tab.TextAsync("#source"), StringComparison.Ordinal);
    }

    /// <summary>Only what is wide enough is drawn; what is measured is a note, and never asserted.</summary>
    [Fact]
    public async Task A_profile_of_100_000_different_stacks_is_drawn_in_a_bounded_number_of_elements()
    {
        await _tab.ShowAsync([SampleProfiles.Large(100_000)]);

        Assert.InRange(await Page.Locator("#flame g").CountAsync(), 500, 3001);
        Assert.Contains("are too narrow to be drawn", await _tab.TextAsync("#hidden-frames"), StringComparison.Ordinal);
        string wide = (await _tab.FramesAsync())[5];
        await _tab.Frame(wide).ClickAsync();
        Assert.InRange(await Page.Locator("#flame g").CountAsync(), 100, 3001);
        await Page.FillAsync("#search", "/^function_14 /");
        await Assertions.Expect(Page.Locator("#found")).ToContainTextAsync("in 1 functions");
        string[] times = await Page.EvaluateAsync<string[]>("performance.getEntriesByType('measure').map(m => `${m.name} ${Math.round(m.duration)}`)");
        TestSupport.Reports.TestReport.Note($"Page of 100,000 stacks, milliseconds until then or for it: {string.Join(", ", times)}");
    }
}
