using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using PyStack.Engine.Elf;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Tasks;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport.Interpreters;
using Xunit;

namespace PyStack.Engine.Tests.Python.Layouts;

/// <summary>The structs of the module _asyncio, against the debug information of real ones and against what the module says itself.</summary>
public sealed partial class AsyncioLayoutTests
{
    /// <summary>Where each number is in C; the names are those of all versions.</summary>
    private static readonly Dictionary<string, string> s_members = new()
    {
        ["Loop"] = "task_loop", ["FirstCallback"] = "task_callback0", ["Callbacks"] = "task_callbacks", ["SourceTraceback"] = "task_source_tb", ["State"] = "task_state",
        ["CancelsRequested"] = "task_num_cancels_requested", ["Waiter"] = "task_fut_waiter", ["Coroutine"] = "task_coro", ["Name"] = "task_name", ["AwaitedBy"] = "task_awaited_by",
        ["AwaitedByIsSet"] = "task_awaited_by_is_set", ["Node"] = "task_node",
    };

    /// <summary>Those with debug information: as a rule pyenv's and debug builds, and separate files.</summary>
    public static TheoryData<string, string> Files => OrNone([.. Libraries().Where(one => HasSection(one.File, ".debug_info")), .. SeparateFiles()]);

    /// <summary>Those that say themselves where their fields are (3.14 and later).</summary>
    public static TheoryData<string, string> Saying => OrNone([.. Libraries().Where(one => HasSection(one.File, ".AsyncioDebug"))]);

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_offset_of_a_task_is_what_the_debug_information_says(string series, string file)
    {
        LocalInterpreters.SkipIfNone(file);
        AsyncioLayout layout = Layout(series);
        List<string> arguments = [.. Toolchain.QuietGdb, "-ex", "ptype /o TaskObj", "-ex", "printf \"Size = %ld\\n\", sizeof(TaskObj)"];
        foreach ((string name, string member) in s_members)
        {
            arguments.AddRange(["-ex", $"printf \"{name} = %ld\\n\", (long)&((TaskObj *)0)->{member}"]);
        }

        string output = Toolchain.Run("gdb", [.. arguments, "-ex", "quit 0", file]);
        Dictionary<string, int> truth = Answer().Matches(output).ToDictionary(match => match.Groups[1].Value, match => int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
        foreach (string name in s_members.Keys.Append("Size"))
        {
            int? value = (int?)typeof(AsyncioLayout).GetProperty(name)!.GetValue(layout);
            Assert.Equal((name, truth.TryGetValue(name, out int found) ? found : (int?)null), (name, value));
        }

        Match bit = CancelBit().Match(output);
        Assert.True(bit.Success, output);
        int place = int.Parse(bit.Groups["byte"].Value, CultureInfo.InvariantCulture);
        int? inByte = bit.Groups["bit"].Success ? int.Parse(bit.Groups["bit"].Value, CultureInfo.InvariantCulture) : null;
        Assert.Equal((place, inByte), (layout.MustCancel, layout.MustCancelBit));
    }

    [Theory]
    [MemberData(nameof(Saying))]
    public void What_the_module_says_itself_completes_the_layout(string series, string file)
    {
        LocalInterpreters.SkipIfNone(file);
        Assert.True(MappedFile.TryOpen(file, out MappedFile? mapped, out string problem), problem);
        using MappedFile open = mapped;
        Assert.True(ElfImage.TryFromFile(open, Limits.Default, out ElfImage? image, out problem), problem);
        Assert.True(image.TryFindSection(".AsyncioDebug", out SectionHeader section) & image.Sections!.TryGetBytes(section, out ReadOnlySpan<byte> bytes));
        ulong[] words = [.. bytes.ToArray().Chunk(8).Where(chunk => chunk.Length == 8).Select(chunk => BitConverter.ToUInt64(chunk)).Take(13)];

        AsyncioLayout? complete = new AsyncioDebugOffsets(default, words).Complete(Layout(series));

        Assert.Equal((words[8], words[12]), ((ulong)complete!.InterpreterTasks!, (ulong)complete.ThreadTasks!));
        foreach (int word in Enumerable.Range(0, 13).Except([0, 3]))
        {
            ulong[] wrong = [.. words];
            wrong[word] = word is 7 or 9 ? 8ul : words[word] + 1; // sizes that are too small, and offsets that are not those of this struct
            Assert.Null(new AsyncioDebugOffsets(default, wrong).Complete(Layout(series)));
        }
    }

    private static AsyncioLayout Layout(string series)
    {
        int[] parts = [.. series.Split('.').Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
        Assert.True(LayoutCatalogue.TryGet(new PythonVersion(parts[0], parts[1]), ProcessorCatalogue.OfObserver.Machine, out PythonLayout layout), series);
        return layout.Asyncio!;
    }

    private static bool HasSection(string file, string name)
    {
        Assert.True(MappedFile.TryOpen(file, out MappedFile? mapped, out string problem), problem);
        using MappedFile open = mapped;
        return ElfImage.TryFromFile(open, Limits.Default, out ElfImage? image, out _) && image.TryFindSection(name, out _);
    }

    // 3.15 of Debian has the module built in, and its debug information in a file of its own.
    private static IEnumerable<(string Series, string File)> SeparateFiles()
        => LocalInterpreters.WithDebugInformation().Select(row => (Series: row.Data.Item1, File: row.Data.Item2)).Where(one => one.Series == "3.15");

    private static TheoryData<string, string> OrNone(List<(string Series, string File)> found)
    {
        TheoryData<string, string> files = [];
        foreach ((string series, string file) in found.DefaultIfEmpty((LocalInterpreters.None, LocalInterpreters.None)))
        {
            files.Add(series, file);
        }

        return files;
    }

    // The module of each interpreter, or the interpreter that has it built in.
    private static IEnumerable<(string Series, string File)> Libraries()
    {
        foreach (Interpreter one in InterpreterSet.All.Where(one => one is { Major: 3, IsFreeThreaded: false, HasOwnRoot: false }).DistinctBy(one => one.Executable))
        {
            string series = $"{one.Major}.{one.Minor}";
            string folder = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(one.Executable))!, "lib", $"python{series}", "lib-dynload");
            string? module = Directory.Exists(folder) ? Directory.GetFiles(folder, "_asyncio.*").FirstOrDefault(file => one.IsDebugBuild == Path.GetFileName(file).Contains($"{one.Minor}d-", StringComparison.Ordinal)) : null;
            yield return (series, module ?? one.Executable);
        }
    }

    [GeneratedRegex(@"^(\w+) = (\d+)$", RegexOptions.Multiline)]
    private static partial Regex Answer();

    // "/*    110: 2   |       4 */    unsigned int task_must_cancel : 1;", or without a bit.
    [GeneratedRegex(@"/\*\s*(?<byte>\d+)(?::\s*(?<bit>\d+))?\s*\|\s*\d+\s*\*/\s*(?:unsigned )?int task_must_cancel")]
    private static partial Regex CancelBit();
}
