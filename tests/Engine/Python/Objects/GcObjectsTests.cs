using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets.Live;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Python.Objects;

/// <summary>The objects that the collector tracks are those that <c>gc.get_objects()</c> gives.</summary>
public sealed class GcObjectsTests
{
    public static TheoryData<string> Interpreters() => [.. InterpreterSet.OnePerSeries.Where(one => one is { IsFreeThreaded: false, Major: 3 }).Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void All_generations_are_walked_to_their_ends(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "gc_objects.py");
        JsonNode told = JsonNode.Parse(target.ReadLine())!;
        Wait.Until(() => ProcOracle.IsReading(target.ProcessId, target.ProcessId), "it does not come to rest");
        using LiveProcess process = LiveProcess.Open(target.ProcessId, ProcessorCatalogue.OfObserver, Limits.Default);
        PythonRuntime runtime = new RuntimeLocator(process, Limits.Default, SilentLog.Instance).Locate();
        ChunkCache memory = new(process.Memory, 1 << 30);
        ObjectReader objects = new(runtime.Layout, Limits.Default);
        objects.Begin(memory, TestContext.Current.CancellationToken);
        GcObjects collector = new(runtime, memory, TestContext.Current.CancellationToken);
        RawCapture walk = new();
        Assert.True(new RuntimeWalker(runtime.Layout, Limits.Default, runtime.Variables).TryWalk(memory, runtime.Address, walk));
        ulong own = walk.Interpreters[0].Address;

        List<ulong> marked = [];
        Assert.True(collector.TryFind(own, type => objects.TryGetTypeAt(type, out TypeInfo info) && objects.IsSubclass(info, "__main__"u8, "Marked"u8), marked));
        List<ulong> all = [];
        Assert.True(collector.TryFind(own, _ => true, all));

        Assert.Equal(Numbers(told["marked"]!), marked.Order());
        HashSet<ulong> seen = [.. all];
        Assert.Equal(all.Count, seen.Count);

        // gc.get_objects() does not give what is frozen.
        Assert.DoesNotContain(Numbers(told["all"]!), one => !seen.Contains(one));
        Assert.Equal(all.Count, collector.Count);
    }

    private static ulong[] Numbers(JsonNode list) => [.. list.AsArray().Select(one => (ulong)one!)];
}
