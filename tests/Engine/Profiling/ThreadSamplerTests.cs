using System;
using System.IO;
using System.IO.MemoryMappedFiles;
using System.Linq;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Profiling;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Layouts;
using Xunit;

namespace PyStack.Engine.Tests.Profiling;

/// <summary>Samples of a thread state and frames that this process writes itself, as CPython 3.13 has them: what a hostile program can let us read.</summary>
public sealed unsafe class ThreadSamplerTests : FolderTest
{
    private const int FrameBytes = 128;
    private const int Frames = 100_000;
    private const ulong Code = 0x5000_0000;

    private readonly PythonLayout _layout = Cpython313.Layout;
    private readonly byte[] _bytes = GC.AllocateArray<byte>(4096 + (FrameBytes * (Frames + 1)), pinned: true);
    private readonly byte* _memory;

    public ThreadSamplerTests() => _memory = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0);

    [Fact]
    public void The_frames_are_read_innermost_first()
    {
        using ThreadSampler sampler = Sampler(new ProcessMemorySource(Environment.ProcessId));
        Chain(3);
        Assert.Equal(SampleOutcome.Read, sampler.Read());
        Assert.Equal([Code, Code + 0x1000, Code + 0x2000], sampler.Frames.ToArray().Select(frame => frame.Code));
        Assert.False(sampler.IsTruncated);
    }

    [Fact]
    public void A_chain_without_the_frame_of_C_outside_of_it_is_torn()
    {
        using ThreadSampler sampler = Sampler(new ProcessMemorySource(Environment.ProcessId));
        Chain(3);
        Write(Frame(2), _layout.Frame.Previous, 0);
        Assert.Equal(SampleOutcome.Torn, sampler.Read());
    }

    [Fact]
    public void A_thread_without_frames_has_none()
    {
        using ThreadSampler sampler = Sampler(new ProcessMemorySource(Environment.ProcessId));
        SetHead(0);
        Assert.Equal(SampleOutcome.Empty, sampler.Read());
    }

    [Fact]
    public void A_chain_that_leads_back_to_itself_is_torn()
    {
        using ThreadSampler sampler = Sampler(new ProcessMemorySource(Environment.ProcessId));
        Chain(50);
        Write(Frame(49), _layout.Frame.Previous, (ulong)Frame(20));
        Assert.Equal(SampleOutcome.Torn, sampler.Read());
        Write(Frame(0), _layout.Frame.Previous, (ulong)Frame(0));
        Assert.Equal(SampleOutcome.Torn, sampler.Read());
    }

    [Fact]
    public void Of_a_hundred_thousand_frames_the_innermost_are_read_and_the_others_have_a_placeholder()
    {
        using ThreadSampler sampler = Sampler(new ProcessMemorySource(Environment.ProcessId));
        Chain(Frames);
        Assert.Equal(SampleOutcome.Read, sampler.Read());
        Assert.True(sampler.IsTruncated);
        Assert.Equal(ThreadSampler.MaxDepth, sampler.Depth);
        Assert.Equal(SampledFrame.OuterFrames, sampler.Frames[^1]);
        Assert.Equal(Code, sampler.Frames[0].Code);
    }

    [Fact]
    public void What_is_no_code_object_and_what_is_not_mapped_is_torn()
    {
        using ThreadSampler sampler = Sampler(new ProcessMemorySource(Environment.ProcessId));
        Chain(3);
        Write(Frame(1), _layout.Frame.Code, 8);
        Assert.Equal(SampleOutcome.Torn, sampler.Read());
        Chain(3);
        Write(Frame(2), _layout.Frame.Previous, 0x1234_5678_9000);
        Assert.Equal(SampleOutcome.Torn, sampler.Read());
        SetHead(ulong.MaxValue - 16);
        Assert.Equal(SampleOutcome.Torn, sampler.Read());
        Chain(3);
        Assert.Equal(SampleOutcome.Read, sampler.Read());
    }

    [Fact]
    public void A_thread_state_that_has_become_that_of_another_thread_is_gone()
    {
        using ThreadSampler sampler = Sampler(new ProcessMemorySource(Environment.ProcessId));
        Chain(3);
        Write(_memory, _layout.Thread.ThreadId, 8);
        Assert.Equal(SampleOutcome.Gone, sampler.Read());
    }

    /// <summary>A file system of another program's, or a disk that does not answer, would never give that page.</summary>
    [Fact]
    public void A_frame_in_a_page_that_would_have_to_be_fetched_from_a_file_is_torn_and_the_page_not_touched()
    {
        int page = Environment.SystemPageSize;
        string path = Path.Combine(Folder, "mapped");
        File.WriteAllBytes(path, new byte[64 * page]);
        using MemoryMappedFile file = MemoryMappedFile.CreateFromFile(path, FileMode.Open);
        using MemoryMappedViewAccessor view = file.CreateViewAccessor();
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        using FileBackedPages pages = new(Environment.ProcessId);
        pages.Update([new FileMapping(new AddressRange((ulong)start, (ulong)start + (64ul * (ulong)page)), 8, 1)]);
        ProcessMemorySource memory = new(Environment.ProcessId) { FileBacked = pages };
        using ThreadSampler sampler = Sampler(memory);
        Chain(3);
        Assert.Equal(SampleOutcome.Read, sampler.Read());
        Write(Frame(2), _layout.Frame.Previous, (ulong)(start + (40 * page)));
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(SampleOutcome.Torn, sampler.Read());
        }

        Assert.True(pages.MayWait((ulong)(start + (40 * page)), 8, out _));
        view.SafeMemoryMappedViewHandle.ReleasePointer();
    }

    [Fact]
    public void A_sample_allocates_nothing()
    {
        using ThreadSampler sampler = Sampler(new ProcessMemorySource(Environment.ProcessId));
        StackTable table = new();
        Chain(20);

        // What the runtime allocates on this thread when it compiles is not the sampler's.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(_ => Allocated(sampler, table)));
    }

    private static long Allocated(ThreadSampler sampler, StackTable table)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
        {
            table.Increment(Read(sampler, table));
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static int Read(ThreadSampler sampler, StackTable table)
    {
        _ = sampler.Read();
        return table.Find(sampler.Frames, 0, out _);
    }

    private ThreadSampler Sampler(IMemorySource memory)
    {
        Write(_memory, _layout.Thread.ThreadId, 7);
        Write(_memory, _layout.Thread.NativeThreadId!.Value, 9);
        return new ThreadSampler(_layout, memory, Environment.ProcessId, new RawThread { Address = (ulong)_memory, PthreadId = 7, NativeId = 9 }, gil: null);
    }

    private byte* Frame(int index) => _memory + 4096 + (index * FrameBytes);

    private void SetHead(ulong frame) => Write(_memory, _layout.Thread.CurrentFrame!.Value, frame);

    private void Chain(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Write(Frame(i), _layout.Frame.Code, Code + ((ulong)i * 0x1000));
            Write(Frame(i), _layout.Frame.InstructionPointer!.Value, Code + ((ulong)i * 0x1000) + 300);
            Write(Frame(i), _layout.Frame.Previous, (ulong)Frame(i + 1));
            Frame(i)[_layout.Frame.Owner!.Value] = 0;
        }

        // The outermost frame is one of C.
        Write(Frame(count), _layout.Frame.Code, Code);
        Write(Frame(count), _layout.Frame.Previous, 0);
        Frame(count)[_layout.Frame.Owner!.Value] = (byte)_layout.Frame.FirstShimOwner!.Value;

        SetHead((ulong)Frame(0));
    }

    private static void Write(byte* at, int offset, ulong value) => *(ulong*)(at + offset) = value;
}
