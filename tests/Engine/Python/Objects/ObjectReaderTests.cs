using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
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

/// <summary>What the reader says of live objects is what the program itself says of them.</summary>
public sealed class ObjectReaderTests(ObjectReaderTests.Programs programs) : IClassFixture<ObjectReaderTests.Programs>
{
    /// <summary>One of each series, since instances keep their attributes in six ways, and the builds whose objects begin with more.</summary>
    public static TheoryData<string> Interpreters()
        => [.. InterpreterSet.OnePerSeries.Concat(InterpreterSet.All.Where(one => one is { IsFreeThreaded: true, HasOwnRoot: false })).Select(one => one.Name).Distinct()];

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void Attributes_and_items_of_live_objects_are_those_that_the_program_prints(string interpreter)
    {
        Sight sight = programs.Of(interpreter);
        foreach (JsonArray row in sight.Rows("attributes"))
        {
            string name = (string)row[1]!;
            Assert.True(sight.Objects.TryGetAttribute((ulong)row[0]!, Encoding.ASCII.GetBytes(name), out ulong value), name);
            Assert.Equal((name, row[2]!.ToJsonString()), (name, sight.Read(value, row[2]!).ToJsonString()));
        }

        foreach (JsonArray row in sight.Rows("absent"))
        {
            Assert.False(sight.Objects.TryGetAttribute((ulong)row[0]!, Encoding.ASCII.GetBytes((string)row[1]!), out _), (string)row[1]!);
        }
    }

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void An_object_is_an_instance_of_its_class_and_of_all_that_it_inherits_from(string interpreter)
    {
        Sight sight = programs.Of(interpreter);
        foreach (JsonArray row in sight.Rows("instances"))
        {
            (string module, string name) = ((string)row[1]!, (string)row[2]!);
            bool isInstance = sight.Objects.IsInstance((ulong)row[0]!, Encoding.ASCII.GetBytes(module), Encoding.ASCII.GetBytes(name));
            Assert.Equal((module, name, (bool)row[3]!), (module, name, isInstance));
        }
    }

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void Names_of_all_threads_are_found_by_module_dict_and_attribute(string interpreter)
    {
        Sight sight = programs.Of(interpreter);
        foreach (JsonArray row in sight.Rows("modules"))
        {
            bool isFound = sight.Objects.TryFindModule(sight.Interpreter, Encoding.ASCII.GetBytes((string)row[0]!), out ulong module);
            Assert.Equal(((ulong)row[1]! != 0, (ulong)row[1]!), (isFound, module));
        }

        Assert.True(sight.Objects.TryFindModule(sight.Interpreter, "threading"u8, out ulong threading));
        Assert.True(sight.Objects.TryGetAttribute(threading, "_active"u8, out ulong active));
        Assert.True(sight.Objects.TryOpenDict(active, out DictEntries entries));
        List<string> names = [];
        while (sight.Objects.TryNext(ref entries, out ulong ident, out ulong thread))
        {
            Assert.True(sight.Objects.TryReadInt64(ident, out long id) && id > 0);
            Assert.True(sight.Objects.IsInstance(thread, "threading"u8, "Thread"u8));
            Assert.True(sight.Objects.TryGetAttribute(thread, Encoding.ASCII.GetBytes((string)sight.Told["threadName"]!), out ulong name));
            Assert.True(sight.Objects.TryReadText(name, out string text));
            names.Add(text);
        }

        Assert.Equal(sight.Told["threads"]!.AsArray().Select(name => (string)name!).Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void A_search_ends_where_its_places_are_used_up(string interpreter)
    {
        Sight sight = programs.Of(interpreter);
        JsonArray row = sight.Rows("attributes").Single(one => (string)one[1]! == "many");
        Assert.True(sight.Objects.TryGetAttribute((ulong)row[0]!, "many"u8, out ulong many));
        sight.Objects.PlacesLeft = 100;

        Assert.True(sight.Objects.TryOpenDict(many, out DictEntries entries));
        int count = 0;
        while (sight.Objects.TryNext(ref entries, out _, out _))
        {
            count++;
        }

        Assert.InRange(count, 1, 100);
        Assert.True(sight.Objects.PlacesLeft < 0);
    }

    /// <summary>One program for each interpreter, for all tests.</summary>
    public sealed class Programs : IDisposable
    {
        private readonly ConcurrentDictionary<string, Lazy<Running>> _running = [];

        public void Dispose()
        {
            foreach (Lazy<Running> one in _running.Values.Where(one => one.IsValueCreated))
            {
                one.Value.Dispose();
            }
        }

        internal Sight Of(string interpreter)
        {
            Running running = _running.GetOrAdd(interpreter, name => new Lazy<Running>(() => new Running(name))).Value;
            return new Sight(running.Told, running.Memory, running.Runtime);
        }
    }

    /// <summary>A program that waits.</summary>
    private sealed class Running : IDisposable
    {
        private readonly Target _target;
        private readonly LiveProcess _process;

        public Running(string interpreter)
        {
            _target = Target.StartSilent(InterpreterSet.Named(interpreter), "objects.py");
            Told = _target.ReadLine();
            _process = LiveProcess.Open(_target.ProcessId, ProcessorCatalogue.OfObserver, Limits.Default);
            Runtime = new RuntimeLocator(_process, Limits.Default, SilentLog.Instance).Locate();
        }

        public string Told { get; }

        public PythonRuntime Runtime { get; }

        public IMemorySource Memory => _process.Memory;

        public void Dispose()
        {
            _process.Dispose();
            _target.Dispose();
        }
    }

    /// <summary>What the program says, and a reader of its memory.</summary>
    internal sealed class Sight
    {
        internal Sight(string told, IMemorySource memory, PythonRuntime runtime)
        {
            Told = JsonNode.Parse(told)!.AsObject();
            Objects = new ObjectReader(runtime.Layout, Limits.Default);
            Objects.Begin(memory);
            RawCapture capture = new();
            Assert.True(new RuntimeWalker(runtime.Layout, Limits.Default, runtime.Variables).TryWalk(memory, runtime.Address, capture));
            Interpreter = capture.Interpreters[0].Address;
        }

        public JsonObject Told { get; }

        public ObjectReader Objects { get; }

        public ulong Interpreter { get; }

        public IEnumerable<JsonArray> Rows(string name) => Told[name]!.AsArray().Select(row => row!.AsArray());

        /// <summary>Reads an object in the shape in which it is told.</summary>
        public JsonNode Read(ulong address, JsonNode told)
        {
            switch (told.GetValueKind())
            {
                case JsonValueKind.String:
                    return Objects.TryReadText(address, out string text) ? text : "unreadable";
                case JsonValueKind.Number:
                    return Objects.TryReadInt64(address, out long number) ? number : "unreadable";
                case JsonValueKind.Object:
                    JsonObject read = [];
                    Assert.True(Objects.TryOpenDict(address, out DictEntries entries));
                    while (Objects.TryNext(ref entries, out ulong key, out ulong value))
                    {
                        Assert.True(Objects.TryReadText(key, out string name));
                        read.Add(name, Read(value));
                    }

                    // In the order of the program's own text, which in 2.7 is not the dict's.
                    return new JsonObject(told.AsObject().Select(pair => KeyValuePair.Create(pair.Key, read[pair.Key]?.DeepClone())).Concat(
                        read.Where(pair => !told.AsObject().ContainsKey(pair.Key)).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))));
                default:
                    return Items(address);
            }
        }

        private JsonNode Read(ulong address) => Objects.TryReadInt64(address, out long number) ? number : Objects.TryReadText(address, out string text) ? text : "unreadable";

        private JsonArray Items(ulong address)
        {
            Assert.True(Objects.TryGetType(address, out TypeInfo type));
            JsonArray items = [];
            switch (type.Kind)
            {
                case ObjectKind.List or ObjectKind.Tuple:
                    Assert.True(Objects.TryGetItems(address, type, out ItemRange range));
                    for (int i = 0; i < range.Count; i++)
                    {
                        Assert.True(Objects.TryReadItem(range, i, out ulong one));
                        items.Add(Read(one));
                    }

                    return items;
                case ObjectKind.Deque:
                    Assert.True(Objects.TryOpenDeque(address, out DequeItems deque));
                    while (deque.TryNext(out ulong item))
                    {
                        items.Add(Read(item));
                    }

                    return items;
                case ObjectKind.Set or ObjectKind.FrozenSet:
                    List<JsonNode> members = [];
                    Assert.True(Objects.TryOpenSet(address, out SetItems set));
                    while (Objects.TryNext(ref set, out ulong item))
                    {
                        members.Add(Read(item));
                    }

                    return new JsonArray([.. members.OrderBy(one => one.ToString(), StringComparer.Ordinal)]);
                default:
                    Assert.True(Objects.TryOpenOrdered(address, type, out OrderedEntries ordered));
                    while (Objects.TryNext(ref ordered, out ulong key, out ulong value))
                    {
                        items.Add(Read(key));
                        items.Add(Read(value));
                    }

                    return items;
            }
        }
    }
}
