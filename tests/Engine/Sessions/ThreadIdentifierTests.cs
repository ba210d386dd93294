using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using PyStack.Engine.Capture;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Processors;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Results;
using PyStack.Engine.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Whose a thread state is, with ids written out: a process 100 whose memory holds struct pthread at 0x1000, 0x2000 and so on.</summary>
public sealed class ThreadIdentifierTests
{
    private const int Main = 100;

    /// <summary>Of tid in glibc's struct pthread on x86-64.</summary>
    private const int Place = 720;

    [Fact]
    public void An_id_that_is_another_threads_by_now_is_not_believed()
    {
        // The thread that forked had the id 7 in the parent; a thread of the child has got it since.
        Process process = new([Main, 7], (0x1000, Main), (0x2000, 0));

        Assert.Equal((Main, ThreadLife.Known), process.Find(State(7, 0x1000)));
        Assert.Equal((0, ThreadLife.Ended), process.Find(State(9, 0x2000), State(7, 0x1000)));
    }

    [Fact]
    public void A_state_whose_id_is_a_new_threads_and_whose_struct_has_none_has_ended()
    {
        Process process = new([Main, 7], (0x1000, Main), (0x2000, 0));

        Assert.Equal((Main, ThreadLife.Known), process.Find(State(5, 0x1000)));
        Assert.Equal((0, ThreadLife.Ended), process.Find(State(7, 0x2000), State(5, 0x1000)));
    }

    [Fact]
    public void A_stack_that_a_new_thread_has_got_is_not_the_old_states_any_more()
    {
        CapturedThread old = State(5, 0x2000);
        CapturedThread started = State(102, 0x2000);
        Process process = new([Main, 102], (0x1000, Main), (0x2000, 102));

        Assert.Equal((102, ThreadLife.Known), process.Find(started, State(4, 0x1000), old));
        Assert.Equal((0, ThreadLife.Ended), process.Find(old, State(4, 0x1000), started));
    }

    [Fact]
    public void Where_registers_are_known_they_say_more_than_the_struct()
    {
        // A fork by the bare system call: the struct still has the old id.
        Process process = new([Main], (0x1000, 7), (0x2000, 9)) { Pointers = { [0x1000] = Main } };

        Assert.Equal((Main, ThreadLife.Known), process.Find(State(7, 0x1000)));
        Assert.Equal((0, ThreadLife.Ended), process.Find(State(9, 0x2000), State(7, 0x1000)));
    }

    [Fact]
    public void In_a_container_the_struct_has_the_id_of_within()
    {
        Process process = new([Main], (0x1000, 3)) { Inner = { [3] = Main } };

        Assert.Equal((Main, ThreadLife.Known), process.Find(State(2, 0x1000)));
    }

    [Fact]
    public void A_thread_that_has_ended_since_is_not_the_new_one_that_has_its_stack()
    {
        CapturedThread ended = State(103, 0x2000) with { Frames = [default] };
        Process process = new([Main, 102], (0x1000, Main), (0x2000, 102));

        Assert.Equal((0, ThreadLife.Ended), process.Find(ended, State(Main, 0x1000)));
    }

    [Fact]
    public void A_process_of_one_thread_and_one_state_needs_no_struct()
        => Assert.Equal((Main, ThreadLife.Known), new Process([Main]).Find(State(7, 0x1000)));

    private static CapturedThread State(long nativeId, ulong pthread) => new()
    {
        Address = 0x9000 + pthread,
        InterpreterId = 0,
        Runtime = 0,
        PthreadId = pthread,
        NativeId = nativeId,
        Gil = PyGilState.NotHeld,
        IsCollectingGarbage = false,
        IsInterpreterCollecting = false,
        Frames = [],
        IsOuterEndKnown = true,
        IsCoherent = true,
        Warnings = [],
    };

    private sealed class Process(int[] threads, params (ulong Pthread, int Id)[] structs) : ITarget, IMemorySource, IThreadDirectory
    {
        public Dictionary<ulong, int> Pointers { get; } = [];

        public Dictionary<int, int> Inner { get; } = [];

        public int ProcessId => Main;

        public bool HasMainThread => true;

        public string? Name => null;

        public Processor Processor => ProcessorCatalogue.OfObserver;

        public ulong CodeMask => Processor.CodeMask;

        public DateTime? FrozenAt => null;

        public IThreadReader Threads => throw new NotSupportedException();

        public IMemorySource Memory => this;

        public MemoryMap Map => new([]);

        public IReadOnlyList<Module> Modules => [];

        public Module? Executable => null;

        public bool IsSameNamespace => Inner.Count == 0;

        public IReadOnlyCollection<int> InnerIds => Inner.Count == 0 ? threads : Inner.Keys;

        public (int ThreadId, ThreadLife Life) Find(CapturedThread thread, params CapturedThread[] others)
        {
            Assert.True(LayoutCatalogue.TryGet(new PythonVersion(3, 12, 1), Processor.Machine, out PythonLayout layout));
            CapturedProcess captured = new(
                [thread, .. others], Pointers.Count > 0 ? threads : [], Pointers, DateTime.UnixEpoch, TimeSpan.Zero, IsFinalizing: false, IsTruncated: false);
            ThreadIdentifier identifier = new(this, [new PythonRuntime(0, new PythonVersion(3, 12, 1), layout)], captured, this);
            return (identifier.Find(thread, out ThreadLife life), life);
        }

        public int ToObserver(long innerId)
            => Inner.Count > 0 ? Inner.GetValueOrDefault((int)innerId) : Array.IndexOf(threads, (int)innerId) >= 0 ? (int)innerId : 0;

        public bool Exists(int threadId) => Array.IndexOf(threads, threadId) >= 0;

        public bool TryRead(int threadId, out ThreadFacts facts)
        {
            facts = default;
            return Exists(threadId);
        }

        public int Read(ulong address, Span<byte> destination)
        {
            foreach ((ulong pthread, int id) in structs)
            {
                if (address == pthread)
                {
                    destination.Clear();
                    BinaryPrimitives.WriteInt32LittleEndian(destination[Place..], id);
                    return destination.Length;
                }
            }

            return 0;
        }

        public IThreadDirectory ListThreads() => this;

        public bool TryOpen(Module module, out MappedFile file) => throw new NotSupportedException();

        public bool TryOpenFile(string path, out MappedFile file) => throw new NotSupportedException();

        public bool TryReadSource(string path, long mostBytes, SourceFile? known, out SourceFile source, out string problem) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
