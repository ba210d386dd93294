using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Profiling.Tasks;

/// <summary>
/// Finds the task that a sample of a thread is of. Which tasks run, what the expected one has, and its name are read in the same system call as the frames, between their two copies. A task is
/// believed if it runs by that, its coroutine is in the frames, and all that is known of it is still there; otherwise the thread is sampled again with the right expectation.
/// </summary>
internal sealed class TaskSampler(ThreadSampler sampler, AsyncioProbe probe, RunningTaskWords running, KnownTasks known)
{
    /// <summary>How often a sample is tried.</summary>
    private const int MaxAttempts = 20;

    /// <summary>How often the tasks that await the one that runs are read for one sample: a task may end earlier than that takes. Then they are left out.</summary>
    private const int MaxReadings = 2;

    /// <summary>
    /// So often in turn no task that runs is the thread's until that is believed. One that is proved counts for two: while we wait for a processor in the middle of the system call, the words that say which
    /// tasks run can come to be of another moment than both copies of the frames.
    /// </summary>
    private const int Negatives = 12;

    private const int ProvedNegatives = 2;

    /// <summary>Tasks that run at a time, one for each loop.</summary>
    private const int MaxRunning = 128;

    private readonly IoVector[] _pieces = new IoVector[RunningTaskWords.MaxPieces + 2 + AsyncioProbe.MaxWatched];
    private readonly ulong[] _running = new ulong[MaxRunning];
    private readonly ulong[] _loops = new ulong[MaxRunning];
    private ulong _loop;
    private SampledFrame[] _frames = new SampledFrame[64];
    private SampledTask? _expected;
    private int _depth;

    /// <summary>Which of <see cref="Frames"/> is that of its coroutine: those before it are inside of it, those after it are of the tasks that await it.</summary>
    public int Place { get; private set; }

    /// <summary>Whether its own frames are those that the thread was read with last, whatever the innermost one runs.</summary>
    public bool IsLast => sampler.Depth > Place && sampler.Frames[0].Code == Frames[0].Code && sampler.Frames[1..(Place + 1)].SequenceEqual(Frames[1..(Place + 1)]);

    /// <summary>The task of the last sample; null if it is the thread's own.</summary>
    public SampledTask? Task { get; private set; }

    /// <summary>The frames of that task, innermost first: its own, and those of the tasks that await it.</summary>
    public ReadOnlySpan<SampledFrame> Frames => _frames.AsSpan(0, _depth);

    /// <summary>Finds the task of a sample that was just read, and reads it again if that is needed.</summary>
    public SampleOutcome Identify(long now)
    {
        Task = null;
        SampleOutcome outcome = SampleOutcome.Read;
        int readings = 0;
        int negatives = 0;
        for (int attempt = 0; attempt < MaxAttempts && outcome == SampleOutcome.Read; attempt++)
        {
            if (!HasGenerator(sampler.Depth))
            {
                return outcome;
            }

            ReadOnlySpan<byte> read = sampler.Extra;
            if (!read.IsEmpty && running.TryParse(read, _running, _loops, out int count, out int length))
            {
                read = read[length..];
                SampledTask? found = FindIn(count, out int place);
                if (found is null && HasGenerator(sampler.Loose))
                {
                    // A coroutine has begun or ended between the two copies: which one ran in between is not known.
                    negatives = 0;
                }
                else if (found is null)
                {
                    if (HasNone(count, read))
                    {
                        negatives += ProvedNegatives;
                    }
                    else
                    {
                        Load(count);
                        negatives = FindIn(count, out _) is null ? negatives + 1 : 0;
                    }

                    if (negatives >= Negatives)
                    {
                        _loop = 0;
                        return outcome;
                    }
                }
                else if (place < sampler.Loose)
                {
                    // It has begun or ended between the two copies.
                    negatives = 0;
                    _expected = found;
                }
                else if (found == _expected && IsAsExpected(read, out AwaiterFields awaiters))
                {
                    bool hasParents = HasParents(read, found, awaiters, now);
                    if (hasParents || readings == MaxReadings)
                    {
                        Take(found, place, hasParents ? found.Parents! : TaskParents.None);
                        return outcome;
                    }

                    // Right if it runs before and afterwards: then those that await it were suspended all the time.
                    readings++;
                    negatives = 0;
                    found.Parents = probe.ParentsOf(found.Address, awaiters);
                }
                else
                {
                    negatives = 0;
                    _expected = found == _expected ? known.Load(probe, found.Address) : found;
                }
            }

            Arrange();
            outcome = sampler.Read();
        }

        return outcome == SampleOutcome.Read ? SampleOutcome.Torn : outcome;
    }

    private bool HasGenerator(int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (sampler.GeneratorOf(i) != 0)
            {
                return true;
            }
        }

        return false;
    }

    private bool Has(ulong generator)
    {
        for (int i = 0; i < sampler.Depth && generator != 0; i++)
        {
            if (sampler.GeneratorOf(i) == generator)
            {
                return true;
            }
        }

        return false;
    }

    // The innermost of those whose coroutine is in the frames.
    private SampledTask? FindIn(int count, out int place)
    {
        SampledTask? found = null;
        place = sampler.Depth;
        for (int task = 0; task < count; task++)
        {
            if (known.Find(_running[task]) is not SampledTask one || one.Generator == 0)
            {
                continue;
            }

            for (int i = 0; i < place; i++)
            {
                if (sampler.Frames[i].Code == one.Code && sampler.GeneratorOf(i) == one.Generator)
                {
                    (found, place, _loop) = (one, i, _loops[task]);
                    break;
                }
            }
        }

        return found;
    }

    // None of them is in the frames as it was known. That is proved if the only one, or that of the thread's own loop, is still as it was known.
    private bool HasNone(int count, ReadOnlySpan<byte> read)
    {
        int own = count <= 1 ? 0 : _loop == 0 ? -1 : _loops.AsSpan(0, count).IndexOf(_loop);
        return count == 0 || (own >= 0 && _expected is { IsNative: true } task && task.Address == _running[own] && !Has(task.Generator) && IsAsExpected(read, out _));
    }

    // That of its own loop last: it is expected.
    private void Load(int count)
    {
        int own = _loop == 0 ? -1 : _loops.AsSpan(0, count).IndexOf(_loop);
        for (int i = 0; i < count; i++)
        {
            _expected = known.Load(probe, _running[i]);
        }

        if (own >= 0)
        {
            _expected = known.Find(_running[own]);
        }
    }

    private void Arrange()
    {
        int count = running.Fill(_pieces);
        if (_expected is SampledTask task)
        {
            int start = StartOf(task);
            _pieces[count++] = new IoVector { Base = (nuint)(task.Address + (ulong)start), Length = (nuint)(EndOf(task) - start) };
            if (task.Name.Bytes.Length > 0)
            {
                _pieces[count++] = new IoVector { Base = (nuint)task.Name.Start, Length = (nuint)task.Name.Bytes.Length };
            }

            if (task.Parents is TaskParents parents)
            {
                parents.Watched.CopyTo(_pieces, count);
                count += parents.Watched.Length;
            }
        }

        sampler.SetExtra(_pieces.AsSpan(0, count));
    }

    // From the type on: the words before it count references.
    private int StartOf(SampledTask task) => probe.Runtime.Layout.Object.Type;

    private int EndOf(SampledTask task) => task.IsNative ? probe.Layout!.Size : StartOf(task) + sizeof(ulong);

    private bool IsAsExpected(ReadOnlySpan<byte> read, out AwaiterFields awaiters)
    {
        awaiters = default;
        if (_expected is not SampledTask task)
        {
            return false;
        }

        int start = StartOf(task);
        int length = EndOf(task) - start;
        if (read.Length < length + task.Name.Bytes.Length || MemoryMarshal.Read<ulong>(read) != task.Type)
        {
            return false;
        }

        if (!task.IsNative)
        {
            // What it has in attributes is read once more, after the sample.
            return task.IsSame(probe.Load(task.Address));
        }

        ReadOnlySpan<byte> fields = read[..length];
        awaiters = probe.AwaitersOf(fields, start);
        return MemoryMarshal.Read<ulong>(fields[(probe.Layout!.Coroutine - start)..]) == task.Coroutine
            && (probe.Layout.Name is not int name || task.Name.Object == 0 || MemoryMarshal.Read<ulong>(fields[(name - start)..]) == task.Name.Object)
            && task.Name.IsSame(read.Slice(length, task.Name.Bytes.Length));
    }

    private bool HasParents(ReadOnlySpan<byte> read, SampledTask task, AwaiterFields awaiters, long now)
    {
        int before = EndOf(task) - StartOf(task) + task.Name.Bytes.Length;
        return task.Parents is TaskParents parents && parents.Awaiters == awaiters && !AsyncioProbe.IsOld(parents, now)
            && read.Length == before + parents.Bytes.Length && read[before..].SequenceEqual(parents.Bytes);
    }

    private void Take(SampledTask task, int place, TaskParents parents)
    {
        Task = task;
        Place = place;
        _depth = place + 1 + parents.Frames.Length;
        if (_frames.Length < _depth)
        {
            _frames = new SampledFrame[Math.Max(_depth, _frames.Length * 2)];
        }

        sampler.Frames[..(place + 1)].CopyTo(_frames);
        parents.Frames.CopyTo(_frames.AsSpan(place + 1));
    }
}

/// <summary>The tasks of one interpreter that were read, as they were then.</summary>
internal sealed class KnownTasks
{
    /// <summary>Then it begins again.</summary>
    private const int MaxTasks = 50_000;

    private readonly Dictionary<ulong, SampledTask> _tasks = new(AddressHash.Comparer);

    public SampledTask? Find(ulong address) => _tasks.GetValueOrDefault(address);

    /// <summary>Reads a task anew; null if it is none.</summary>
    public SampledTask? Load(AsyncioProbe probe, ulong address)
    {
        SampledTask? task = probe.Load(address);
        if (task is null)
        {
            _tasks.Remove(address);
            return null;
        }

        // One that is the same keeps what is known of it.
        if (_tasks.TryGetValue(address, out SampledTask? old) && old.IsSame(task))
        {
            return old;
        }

        if (_tasks.Count >= MaxTasks)
        {
            _tasks.Clear();
        }

        return _tasks[address] = task;
    }
}
