using System.Linq;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Python.Runtime.Search;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Python.Search;

/// <summary>The search of a binary's data against what its symbols or sections say.</summary>
public sealed class RuntimeSearchTests
{
    public static TheoryData<string> Interpreters() => [.. InterpreterSet.All.Where(one => !one.HasOwnRoot || TestMatrix.IsWhole).Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void A_binarys_data_leads_to_the_runtime_that_its_symbols_name(string interpreter)
    {
        using Target target = Target.Start(InterpreterSet.Named(interpreter), "many_threads.py");
        using LiveProcess process = LiveProcess.Open(target.ProcessId, ProcessorCatalogue.OfObserver, Limits.Default);
        PythonRuntime runtime = new RuntimeLocator(process, Limits.Default, SilentLog.Instance).Locate();
        RuntimeSearch search = new(process, runtime.Layout, TestContext.Current.CancellationToken);
        Module module = process.Modules.First(one => one.Regions.Any(region => region.Range.Contains(runtime.Address)));

        Assert.True(search.TryFind(module.Regions, out ulong found));

        // To 3.6 any variable that holds the first interpreter serves as well as interp_head.
        ulong head = (ulong)runtime.Layout.Runtime.InterpretersHead;
        Assert.Equal(
            runtime.Layout.Runtime.IsStruct ? runtime.Address : Value(process, runtime.Address + head),
            runtime.Layout.Runtime.IsStruct ? found : Value(process, found + head));
    }

    [Fact]
    public void A_program_without_an_interpreter_leads_nowhere()
    {
        using Target target = Target.StartCommand(["cat"]);
        using LiveProcess process = LiveProcess.Open(target.ProcessId, ProcessorCatalogue.OfObserver, Limits.Default);
        Assert.True(PyStack.Engine.Python.Layouts.LayoutCatalogue.TryGet(new PythonVersion(3, 11), process.Processor.Machine, out var layout));

        Assert.False(new RuntimeSearch(process, layout, TestContext.Current.CancellationToken).TryFind(process.Map.Regions, out _));
    }

    private static ulong Value(LiveProcess process, ulong address)
    {
        System.Span<byte> bytes = stackalloc byte[8];
        Assert.Equal(8, process.Memory.Read(address, bytes));
        return System.BitConverter.ToUInt64(bytes);
    }
}
