using System.Linq;
using System.Text.Json;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Tasks;

/// <summary>Coroutines and generators that nobody runs are those that <c>gc.get_objects()</c> has and nothing awaits.</summary>
public sealed class CoroutineTests
{
    public static TheoryData<string> Interpreters() => [.. InterpreterSet.OnePerSeries.Where(one => one is { Major: 3, IsFreeThreaded: false }).Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void They_are_found_with_what_they_do_and_their_frames_and_no_others_are(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "coroutines_alone.py");
        string[] said = [.. JsonDocument.Parse(target.ReadLine()).RootElement.GetProperty("alone").EnumerateArray().Select(Line)];
        Assert.InRange(said.Length, 9, 20);

        PyTask[] found = TaskCaptures.Take(target, noBlock: false, PyTaskKind.Coroutine);

        Assert.Equal(said.Order(), found.Select(one => $"{one.Id} {one.TypeName} {one.State} {one.Coroutine} {TaskCaptures.FramesOf(one)}").Order());
        Assert.All(found, one => Assert.True(one is { Kind: PyTaskKind.Coroutine, Depth: 0, ParentId: null, IsCoherent: true }));
        Assert.All(found, one => Assert.Empty(one.Warnings));
        Assert.Equal(said.Order(), TaskCaptures.Take(target, noBlock: true, PyTaskKind.Coroutine).Select(one => $"{one.Id} {one.TypeName} {one.State} {one.Coroutine} {TaskCaptures.FramesOf(one)}").Order());
    }

    [Fact]
    public void They_are_looked_for_only_if_they_are_asked_for()
    {
        using Target target = Target.StartSilent(InterpreterSet.Any, "coroutines_alone.py");
        _ = target.ReadLine();

        PyTask[] found = TaskCaptures.Take(target, noBlock: false, PyTaskKind.Asyncio, PyTaskKind.Greenlet, PyTaskKind.Trio);

        Assert.NotEmpty(found);
        Assert.DoesNotContain(found, one => one.Kind == PyTaskKind.Coroutine);
    }

    [Fact]
    public void Very_many_are_all_found()
    {
        int count = TestMatrix.Count(20_000, 100_000);
        using Target target = Target.StartSilent(InterpreterSet.Any, "coroutines_alone.py", new() { Arguments = [$"{count}"] });
        _ = target.ReadLine();

        PyTask[] found = TaskCaptures.Take(target, noBlock: false, PyTaskKind.Coroutine);

        Assert.Equal(count, found.Count(one => one is { Coroutine: "never_awaited", State: PyTaskState.NotStarted }));
        Assert.Equal(count, found.Select(one => one.Id).Distinct().Count() - found.Count(one => one.Coroutine != "never_awaited"));
    }

    private static string Line(JsonElement one)
        => $"0x{one.GetProperty("address").GetUInt64():x} {one.GetProperty("type").GetString()} {one.GetProperty("state").GetString()} {one.GetProperty("name").GetString()} "
            + string.Join(' ', one.GetProperty("frames").EnumerateArray().Select(frame => frame.GetString()));
}
