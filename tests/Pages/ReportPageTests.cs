using System;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.Playwright;
using PyStack.Engine.Reports;
using PyStack.TestSupport.Pages;
using PyStack.TestSupport.Profiles;
using Xunit;

namespace PyStack.Pages.Tests;

/// <summary>The page of <c>Export-PyReport</c> in a real browser, opened from a file. Every test ends with a console without errors and no request to another machine.</summary>
public sealed class ReportPageTests(Browser browser) : IAsyncLifetime
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

    private ILocator Group(string title) => Page.Locator("#threads details.group", new() { Has = Page.Locator("h3", new() { HasText = title }) });

    private async Task<string[]> GroupsAsync() => [.. await Page.Locator("#threads details.group h3").AllTextContentsAsync()];

    [Fact]
    public async Task The_head_says_which_process_since_when_which_build_and_when_it_was_captured()
    {
        await _tab.ShowReportAsync(SampleExcerpts.Instance, null, SampleReports.Bank());

        Assert.Equal("Report on bank (112)", await Page.TitleAsync());
        Assert.Equal("1 deadlock, 1 process, 11 threads, 3 tasks", await _tab.TextAsync("#summary"));
        Assert.Equal("Captured 2026-11-29 01:02:03.", (await _tab.TextAsync("#captured")).Trim());
        string facts = string.Join('\n', (await Page.Locator("#processes dl > *").AllInnerTextsAsync()).Chunk(2).Select(pair => string.Join(": ", pair)));
        foreach (string fact in (string[])["Machine: web-1", "Command line: /usr/bin/python3.12 /srv/shop/server.py --port 80", "Python: 3.12.1, /usr/lib/libpython3.12.so.1.0", "Build-id: 4f1d6a5e", "Started: 2026-11-20 08:00:00", "User: shop", "Unit: bank.service", "Memory: 84 MiB"])
        {
            Assert.Contains(fact, facts, StringComparison.Ordinal);
        }

        Assert.Contains("an upgrade has replaced", await _tab.TextAsync("#processes .remarks"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Threads_with_equal_stacks_are_one_group_with_their_number_and_what_they_wait_for()
    {
        await _tab.ShowReportAsync(SampleReports.Bank());

        Assert.Equal(["2 threads in transfer (bank.py:21)", "7 threads in audit (bank.py:30)", "Thread 130 (report) in total (bank.py:44)", "Thread 112 (MainThread) in <module> (server.py:9)"], await GroupsAsync());
        Assert.Equal("7 × threading.Lock 0x7f20, held by thread 113", await Group("audit").Locator(".waits").InnerTextAsync());
        Assert.Equal("11 threads in 4 different stacks. Lock: 10, Select: 1", await _tab.TextAsync("#threads .note"));
        Assert.Equal(7, await Group("audit").Locator("tbody tr").CountAsync());

        // Each thread of a group has its own variables.
        await Group("transfer").Locator("tr[data-thread='113'] button").ClickAsync();
        Assert.Equal("amount\t250\tlocal", await Group("transfer").Locator("tr.own .variables tr").InnerTextAsync());

        await Page.ClickAsync("#collapse");
        Assert.Equal(0, await Page.Locator("#threads details.group[open]").CountAsync());
        await Group("audit").Locator("summary").First.FocusAsync();
        await Page.Keyboard.PressAsync("Enter");
        Assert.Equal(1, await Page.Locator("#threads details.group[open]").CountAsync());
        await Page.ClickAsync("#expand");
        Assert.Equal(4, await Page.Locator("#threads details.group[open]").CountAsync());
    }

    [Fact]
    public async Task A_cycle_is_drawn_in_red_and_with_a_mark_and_words_and_a_box_leads_to_its_thread()
    {
        await _tab.ShowReportAsync(SampleReports.Bank());

        // 113 and 114, 115 that another one waits for, the 6 others that are equal to it, 130, and the three tasks.
        Assert.Equal(
            ["↻ deadlock 1: Thread 113 (transfer-1)", "Thread 115 (audit-1)", "Thread 130 (report)", "6 threads with equal stacks", "↻ deadlock 1: Thread 114 (transfer-2)", "Task fetch-1", "Task main", "Task fetch-2"],
            await Page.Locator("#waits g.box text.name").AllTextContentsAsync());
        Assert.Equal(2, await Page.Locator("#waits g.box.cycle").CountAsync());
        Assert.Equal(2, await Page.Locator("#waits path.edge.cycle").CountAsync());
        string[] style = await Page.EvaluateAsync<string[]>("() => { const s = getComputedStyle(document.querySelector('g.box.cycle rect')), p = getComputedStyle(document.querySelector('g.box:not(.cycle) rect')); return [s.stroke, s.strokeDasharray, s.strokeWidth, p.stroke, p.strokeWidth]; }");
        Assert.Equal(["rgb(176, 0, 32)", "9px, 3px", "3px", "rgb(89, 89, 89)", "1.2px"], style);
        Assert.Contains("1 cycle.", await _tab.TextAsync("#waits .note"), StringComparison.Ordinal);
        Assert.Equal(
            "Thread 113 (transfer-1) of bank (112), deadlock 1, part of a cycle; waits for: threading.Lock 0x7f10, held by thread 114",
            await Page.Locator("#waits g.box").First.GetAttributeAsync("aria-label"));
        Assert.Equal("↻ 1. Cycle of 2 threads in process 112 (bank): 113, 114", await _tab.TextAsync("#deadlocks h3"));
        Assert.Contains("Thread 113 (transfer-1) waits for threading.Lock 0x7f10, held by thread 114 (transfer-2)\n", await _tab.TextAsync("#deadlocks pre"), StringComparison.Ordinal);

        await Page.Locator("#waits g.box").First.FocusAsync();
        await Page.Keyboard.PressAsync("ArrowDown");
        await Page.Keyboard.PressAsync("ArrowDown");
        await Page.Keyboard.PressAsync("Enter");
        Assert.Contains("Thread 130", await Page.EvaluateAsync<string>("document.activeElement.innerText"), StringComparison.Ordinal);
        await Page.Locator("#waits g.box", new() { HasText = "transfer-2" }).ClickAsync();
        Assert.Equal("114", await Page.EvaluateAsync<string>("document.activeElement.closest('tr').dataset.thread"));
        Assert.True(await Group("transfer").Locator("tr.own").IsVisibleAsync());
    }

    /// <summary>A star, a chain, cycles of threads, over processes and through a thread that is not there.</summary>
    [Theory]
    [InlineData("star", 2, 2)]
    [InlineData("star", 200, 200)]
    [InlineData("chain", 200, 200)]
    [InlineData("ring", 60, 60)]
    [InlineData("chain", 1000, 200)]
    public async Task A_graph_of_2_to_200_boxes_has_none_over_another_and_of_a_larger_one_a_part_is_drawn(string shape, int count, int drawn)
    {
        PyThread[] threads = [.. Enumerable.Range(1, count).Select(i => SampleReports.Thread(i, $"t{i}", [], shape == "chain" ? (i == count ? null : SampleReports.Lock(1, i + 1)) : shape == "star" ? (i == 1 ? null : SampleReports.Lock(1, 1)) : SampleReports.Lock(1, (i % count) + 1), hash: $"{i}"))];
        await _tab.ShowReportAsync(threads);

        double[][] boxes = await Page.EvaluateAsync<double[][]>("() => [...document.querySelectorAll('#waits g.box > rect')].map(r => { const b = r.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; })");
        Assert.Equal(drawn, boxes.Length);
        for (int i = 0; i < boxes.Length; i++)
        {
            Assert.DoesNotContain(boxes.Skip(i + 1), other => boxes[i][0] < other[2] && other[0] < boxes[i][2] && boxes[i][1] < other[3] && other[1] < boxes[i][3]);
        }

        Assert.Equal(shape == "ring" ? count : 0, await Page.Locator("#waits path.edge.cycle").CountAsync());
        Assert.Equal(count > 200, (await _tab.TextAsync("#waits .note")).Contains("Only 200 of 1,000 places are drawn: all cycles, and the largest chains.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_graph_has_processes_of_other_holders_threads_that_are_gone_and_tasks_that_wait_through_their_loop()
    {
        await _tab.ShowReportAsync(
            SampleReports.Thread(1, "a", [], SampleReports.Lock(1, 77, isGone: true)),
            SampleReports.Thread(2, "b", [], new PyWait { Kind = PyWaitKind.Pipe, Description = "read from pipe", HolderProcessId = 500 }),
            SampleReports.Thread(3, "c", [], SampleReports.Lock(2, 9, process: 600)),
            SampleReports.Thread(9, "d", [], process: 600, processName: "other"),
            SampleReports.Thread(112, "loop", [], new PyWait { Kind = PyWaitKind.Future, Description = "result", HolderTaskId = "0x1" }),
            SampleReports.Task("0x1", "one", 0, "one", wait: new PyWait { Kind = PyWaitKind.Event, Description = "event" }));

        string edges = await Page.EvaluateAsync<string>("[...document.querySelectorAll('#waits g.box')].map(g => g.getAttribute('aria-label')).join('\\n')");
        Assert.Contains("Thread 77, which has ended of bank (112)", edges, StringComparison.Ordinal);
        Assert.Contains("Process 500 of process 500", edges, StringComparison.Ordinal);
        Assert.Contains("Thread 9 (d) of other (600)", edges, StringComparison.Ordinal);
        Assert.Contains("Task one of bank (112), cycle 1, part of a cycle", edges, StringComparison.Ordinal);
        Assert.Contains("Thread 112 (loop) of bank (112), cycle 1, part of a cycle", edges, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_around_a_frames_line_are_shown_and_the_running_expression_is_marked()
    {
        await _tab.ShowReportAsync(SampleExcerpts.Instance, null, SampleReports.Bank());

        ILocator transfer = Group("transfer").Locator("li.frame", new() { HasText = "bank.py:21" });
        Assert.Equal(["18", "19", "20", "21", "22", "23"], await transfer.Locator(".source:visible .number").AllInnerTextsAsync());
        Assert.Equal(["second"], await transfer.Locator("mark:visible").AllInnerTextsAsync());
        Assert.Equal("21", await transfer.Locator(".line.at:visible .number").InnerTextAsync());

        // An expression over three lines.
        Assert.Equal(["sum(", "account.balance", "for account in accounts)"], (await Group("total").Locator(".source:not([hidden]) mark").AllTextContentsAsync()).Where(text => !text.StartsWith("self.", StringComparison.Ordinal)).Select(text => text.Trim()));

        await transfer.Locator("button.more").ClickAsync();
        Assert.Equal(["21"], await transfer.Locator(".source:visible .number").AllInnerTextsAsync());
        Assert.Equal("false", await transfer.Locator("button.more").GetAttributeAsync("aria-expanded"));
    }

    [Fact]
    public async Task Searching_and_choosing_state_wait_process_and_machine_leave_what_fits()
    {
        await _tab.ShowReportAsync([.. SampleReports.Bank(), ((object)SampleReports.Thread(700, "far", [SampleReports.Frame("audit", "/srv/shop/bank.py", 30)], process: 700, processName: "till"), "web-2")]);

        await Page.Keyboard.PressAsync("/");
        await Page.Keyboard.TypeAsync("AUDIT");
        await Assertions.Expect(Page.Locator("#found")).ToHaveTextAsync("8 threads, 0 tasks".Replace(", 0 tasks", "", StringComparison.Ordinal));
        Assert.Equal(1, await Page.Locator("#threads li.frame.found").CountAsync());
        await Page.FillAsync("#search", "/^recv|fetch-2/");
        await Assertions.Expect(Page.Locator("#found")).ToContainTextAsync("1 task");
        Assert.False(await Page.Locator("#threads").IsVisibleAsync());
        await Page.FillAsync("#search", "/(/");
        await Assertions.Expect(Page.Locator("#found")).ToHaveTextAsync("not a valid pattern");
        await Page.FillAsync("#search", "");
        await Assertions.Expect(Page.Locator("#found")).ToHaveTextAsync("");

        await Page.SelectOptionAsync("#kind", "=Select");
        Assert.Equal(["Thread 112 (MainThread) in <module> (server.py:9)"], await GroupsAsync());
        await Page.SelectOptionAsync("#kind", "");
        await Page.SelectOptionAsync("#state", "k:Ready");
        Assert.Equal("1 task", (await _tab.TextAsync("#found")).Split(", ")[1]);

        await Page.SelectOptionAsync("#state", "");
        await Page.SelectOptionAsync("#machine", "web-2");
        Assert.Equal(["Thread 700 (far) in audit (bank.py:30)"], await GroupsAsync());
        Assert.False(await Page.Locator("#deadlocks").IsVisibleAsync());
        Assert.False(await Page.Locator("#waits").IsVisibleAsync());
        Assert.Equal(["till (700) on web-2"], await Page.Locator("#processes h3").AllInnerTextsAsync());
        await Page.SelectOptionAsync("#machine", "");
        await Page.SelectOptionAsync("#process", new SelectOptionValue { Label = "bank (112) on web-1" });
        Assert.True(await Page.Locator("#deadlocks").IsVisibleAsync());
        Assert.Equal(4, (await GroupsAsync()).Length);
    }

    [Fact]
    public async Task Tasks_are_a_tree_that_keys_walk_close_and_open()
    {
        await _tab.ShowReportAsync(SampleReports.Bank());
        string[] Names(string[] rows) => [.. rows.Select(row => row.Split(" [")[0].TrimStart('▾', '▸'))];
        async Task<string[]> Rows() => Names([.. await Page.Locator("#tasks [role=treeitem] > .row").AllInnerTextsAsync()]);

        Assert.Equal(["Task main gather", "Task fetch-1 fetch", "Task fetch-2 fetch"], await Rows());
        Assert.Contains("2 tasks below", await Page.Locator("#tasks .row").First.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal("2", await Page.Locator("#tasks [role=treeitem]").Nth(1).GetAttributeAsync("aria-level"));

        await Page.Locator("#tasks [role=treeitem]").First.FocusAsync();
        await Page.Keyboard.PressAsync("ArrowLeft");
        Assert.Equal(["Task main gather"], await Rows());
        await Page.Keyboard.PressAsync("ArrowRight");
        await Page.Keyboard.PressAsync("ArrowDown");
        await Page.Keyboard.PressAsync("Enter");
        Assert.Contains("await fetch()", await Page.Locator("#tasks [role=treeitem]").Nth(1).InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("recv from 10.0.0.7:5432", await Page.Locator("#tasks .row").Nth(1).InnerTextAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_thread_a_stack_and_everything_can_be_copied_as_text_with_and_without_the_clipboard_of_the_browser(bool hasClipboard)
    {
        // Where a page of a file has no clipboard, as in some browsers, what is selected is copied.
        await Page.AddInitScriptAsync((hasClipboard ? "Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { window.copied = text; } } });" : "Object.defineProperty(navigator, 'clipboard', { value: undefined });")
            + "document.addEventListener('copy', () => { window.copied = document.activeElement.value; });");
        await _tab.ShowReportAsync(SampleReports.Bank());
        async Task<string> Copied(ILocator button)
        {
            await button.ClickAsync();
            await Assertions.Expect(Page.Locator("#status")).ToContainTextAsync("Copied: ");
            return await Page.EvaluateAsync<string>("window.copied");
        }

        Assert.Equal(
            """
            Thread 130 (report) of bank (112), captured 2026-11-29 01:02:03
                waits for: threading.Lock 0x7f30, held by thread 115
                (Python) File "/usr/lib/python3.12/threading.py", line 1032, in _bootstrap
                    self._bootstrap_inner()
                (Python) File "/usr/lib/python3.12/threading.py", line 1012, in run
                    self._target(*self._args, **self._kwargs)
                (Python) File "/srv/shop/bank.py", line 44, in total
                    return sum(

            """.ReplaceLineEndings("\n"),
            await Copied(Group("total").Locator("button", new() { HasText = "Copy thread" })));
        Assert.StartsWith("7 threads with this stack:\n    (Python) File", await Copied(Group("audit").Locator("button", new() { HasText = "Copy stack" })), StringComparison.Ordinal);
        string all = await Copied(Page.Locator("#copy-all"));
        foreach (string part in (string[])["Report on bank (112)\n", "Deadlock 1: Cycle of 2 threads", "    Unit: bank.service\n", "Thread 130 (report) of bank (112) waits for Thread 115 (audit-1): threading.Lock 0x7f30", "            amount: 250\n", "Task fetch-1 of bank (112) [Waiting] fetch"])
        {
            Assert.Contains(part, all, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Dark_and_light_are_those_of_the_system_and_every_text_has_contrast()
    {
        foreach (ColorScheme scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await using Tab tab = await browser.OpenAsync(scheme);
            await tab.ShowReportAsync(SampleExcerpts.Instance, null, [.. SampleReports.Bank(), SampleProfiles.Simple()]);
            Assert.Equal(scheme == ColorScheme.Dark ? "dark" : "light", await tab.Page.EvaluateAsync<string>("document.documentElement.dataset.theme"));

            // WCAG 2.2, 1.4.3: 4.5 to 1, of each text to what is behind it.
            Assert.All(await tab.Page.EvaluateAsync<string[]>(Contrasts), text => Assert.True(double.Parse(text.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) >= 4.5, text));
            Assert.Empty(tab.Complaints);
        }
    }

    // The contrast of each text to the nearest background behind it, and what it is.
    private const string Contrasts = """
        () => {
          const numbers = (color) => { const c = document.createElement('canvas').getContext('2d'); c.fillStyle = color; c.fillRect(0, 0, 1, 1); return [...c.getImageData(0, 0, 1, 1).data]; };
          const luminance = (color) => { const [r, g, b] = numbers(color).map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const contrast = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
          const behind = (e) => { for (; e; e = e.parentElement) { if (e.matches?.('g.box')) return getComputedStyle(e.querySelector('rect')).fill; const c = getComputedStyle(e).backgroundColor; if (numbers(c)[3] === 255) return c; } return '#fff'; };
          const seen = new Map();
          for (const e of document.querySelectorAll('body *')) {
            if (e.closest('#flame, script, title') || ![...e.childNodes].some(n => n.nodeType === 3 && n.nodeValue.trim() !== '')) continue;
            const color = e instanceof SVGElement ? getComputedStyle(e).fill : getComputedStyle(e).color;
            seen.set(`${color} ${behind(e)}`, `${contrast(color, behind(e)).toFixed(2)} ${e.tagName} ${e.className.baseVal ?? e.className}`);
          }
          return [...seen.values()];
        }
        """;

    [Fact]
    public async Task Every_part_has_a_heading_and_every_control_a_name()
    {
        await _tab.ShowReportAsync([.. SampleReports.Bank(), SampleProfiles.Simple()]);
        string tree = await Page.Locator("body").AriaSnapshotAsync();

        foreach (string part in (string[])["heading \"Report on bank (112)\" [level=1]", "search \"What is shown\"", "searchbox \"Search\"", "combobox \"State\"", "combobox \"Waits for\"", "button \"Copy as text\"", "region \"Deadlocks\"", "heading \"Who waits for whom\" [level=2]", "region \"Threads\"", "tree \"Tasks of bank (112)\"", "treeitem", "tree \"Flame graph, 100 samples\"", "group \"Graph of who waits for whom"])
        {
            Assert.Contains(part, tree, StringComparison.Ordinal);
        }

        Assert.Equal(0, await Page.EvaluateAsync<int>("[...document.querySelectorAll('button')].filter(b => b.textContent.trim() === '' && !b.hidden).length"));
    }

    [Fact]
    public async Task No_hostile_name_runs_a_script_or_hides_a_part_of_the_page_or_of_what_is_copied()
    {
        await Page.AddInitScriptAsync("Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { window.copied = text; } } });");
        await _tab.ShowReportAsync(NoLook.Instance, SampleProfiles.HostileNames[0], [.. SampleReports.Hostile().Select(item => (object)(item, SampleProfiles.HostileNames[1]))]);

        await Page.ClickAsync("#expand");
        await Page.ClickAsync("#copy-all");
        await Assertions.Expect(Page.Locator("#status")).ToContainTextAsync("Copied: ");
        await Page.FillAsync("#search", SampleProfiles.HostileNames[0]);
        await Assertions.Expect(Page.Locator("#found")).ToContainTextAsync("thread");
        Assert.True(await Page.EvaluateAsync<bool>("window.hacked === undefined"));
        Assert.Equal(SampleProfiles.HostileNames[0], await Page.TitleAsync());
        Assert.Equal(1, await Page.EvaluateAsync<int>("document.scripts.length + document.images.length + document.querySelectorAll('iframe,object,embed,link[rel=stylesheet],[onerror],[onclick]').length"));
        Assert.False(await Page.EvaluateAsync<bool>(@"/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]/.test(document.body.textContent + window.copied)"));
    }

    [Fact]
    public async Task Printing_shows_all_parts_without_controls_and_on_white()
    {
        await using Tab dark = await browser.OpenAsync(ColorScheme.Dark);
        await dark.ShowReportAsync(SampleReports.Bank());
        await dark.Page.EmulateMediaAsync(new() { Media = Media.Print });

        Assert.False(await dark.Page.Locator("#controls").IsVisibleAsync());
        Assert.Equal(0, await dark.Page.Locator("button:visible").CountAsync());
        Assert.Equal("rgb(255, 255, 255)", await dark.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        foreach (string part in (string[])["#deadlocks", "#processes", "#waits svg", "#threads", "#tasks"])
        {
            Assert.True(await dark.Page.Locator(part).First.IsVisibleAsync(), part);
        }

        Assert.Empty(dark.Complaints);
    }

    [Fact]
    public async Task A_profile_and_a_core_are_parts_of_the_page()
    {
        await _tab.ShowReportAsync(SampleProfiles.Simple(), new PyCore
        {
            Path = "/var/crash/core.7", DumpedProcessId = 7, Name = "till", Arguments = "till --all", Reason = "SIGSEGV", Architecture = "x86_64", Size = 20 << 20, IsTruncated = true, Files = new PyCoreFile[] { new() { Path = "/usr/bin/python3.12", BuildId = "4f1d" } },
        });

        Assert.Contains("App.compute (app.py)", await _tab.FramesAsync());
        Assert.Equal("60.0 %\t60\t80.0 %\t80\tApp.compute\t/srv/app.py", await Page.Locator("#functions tbody tr").First.InnerTextAsync());
        await _tab.Frame("work (app.py)").ClickAsync();
        Assert.Contains("work (app.py): 60.0 %", await _tab.TextAsync("#details"), StringComparison.Ordinal);
        string core = await Page.Locator("details.process", new() { HasText = "till" }).InnerTextAsync();
        Assert.Contains("SIGSEGV", core, StringComparison.Ordinal);
        Assert.Contains("The core is truncated", core, StringComparison.Ordinal);
        Assert.Contains("1 mapped file with build-ids", core, StringComparison.Ordinal);
        Assert.False(await Page.Locator("#threads").IsVisibleAsync());
    }

    /// <summary>Groups are shown by the hundred, and filled when they are opened; what is measured is a note, and never asserted.</summary>
    [Fact]
    public async Task Five_thousand_threads_of_30_frames_are_shown_in_a_bounded_number_of_elements()
    {
        await _tab.ShowReportAsync(SampleReports.Large(5000));

        Assert.Contains("5,000 threads in 2,5", await _tab.TextAsync("#threads .note"), StringComparison.Ordinal);
        Assert.InRange(await Page.EvaluateAsync<int>("document.querySelectorAll('*').length"), 500, 12_000);
        Assert.Equal(100, await Page.Locator("#threads details.group").CountAsync());
        await Page.Locator("#threads details.group summary").First.ClickAsync();
        Assert.Equal(30, await Page.Locator("#threads details.group").First.Locator("li.frame").CountAsync());
        await Page.FillAsync("#search", "worker-4999");
        await Assertions.Expect(Page.Locator("#found")).ToHaveTextAsync("1 thread");
        await Page.FillAsync("#search", "/function_33\\d /");
        await Assertions.Expect(Page.Locator("#found")).ToContainTextAsync("threads");
        string[] times = await Page.EvaluateAsync<string[]>("performance.getEntriesByType('measure').map(m => `${m.name} ${Math.round(m.duration)}`)");
        double ready = await Page.EvaluateAsync<double>("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd");
        TestSupport.Reports.TestReport.Note($"Report of 5,000 threads, milliseconds: page parsed {ready:0}; until then or for it: {string.Join(", ", times)}");
    }
}
