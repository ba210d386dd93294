using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Waits.Holders;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>
/// Which tasks hold the locks and semaphores of asyncio, which do not know it themselves: those that are in the body of an <c>async with</c> statement that has taken one. And when the timeouts end in whose
/// bodies tasks are.
/// </summary>
internal sealed class AsyncLocks(PythonReader python)
{
    private const int MaxShown = 3;

    /// <summary>What is at a place of the value stack is the same for all frames that are at one instruction: after as many that had no statement there, others are not read.</summary>
    private const int EnoughFrames = 4;

    private readonly LockReader _reader = new(python, LockFamily.Tasks);
    private readonly Dictionary<ulong, List<Claim>> _claims = new(AddressHash.Comparer);
    private readonly List<(RawTask Task, PythonStack Stack)> _running = [];
    private readonly List<ulong> _found = [];
    private readonly Dictionary<CodeObject, Dictionary<int, int>> _without = new(ReferenceEqualityComparer.Instance);

    /// <summary>Notes what a task has taken.</summary>
    /// <returns>When the first timeout around it ends, in seconds of the loop's clock; null for none.</returns>
    public double? Add(RawTask task, PythonStack stack)
    {
        double? limit = null;
        for (int i = 0; i < stack.Count; i++)
        {
            PythonFrame frame = stack[i];
            if (!_without.TryGetValue(frame.Code, out Dictionary<int, int>? without))
            {
                _without.Add(frame.Code, without = []);
            }

            int known = without.GetValueOrDefault(frame.Instruction);
            if (known >= EnoughFrames || !_reader.Statements.MayBeInside(frame))
            {
                without[frame.Instruction] = EnoughFrames;
                continue;
            }

            List<ExitCall> calls = _reader.Statements.Read(frame.Address);
            if (calls.Count == 0)
            {
                without[frame.Instruction] = known + 1;
            }

            foreach (ExitCall call in calls)
            {
                if (TimeoutOf(call.Self) is double end)
                {
                    limit = end < limit || limit is null ? end : limit;
                    continue;
                }

                _found.Clear();
                _reader.Managers.AddLocks(call, _found);
                foreach (ulong one in _found)
                {
                    Add(one, new Claim(task, frame, Inner(stack, i)));
                }
            }
        }

        return limit;
    }

    /// <summary>Notes a task that runs: its inner frames are in its thread's stack, which is asked for only if somebody waits for a lock.</summary>
    public void AddRunning(RawTask task, PythonStack stack) => _running.Add((task, stack));

    /// <summary>A wait for a lock or semaphore with those who hold it.</summary>
    public TaskWait WithHolders(TaskWait wait, WaitContext context)
    {
        AddRunning(context);
        List<Claim> holders = _claims.TryGetValue(wait.Lock, out List<Claim>? claims) ? claims.FindAll(one => !MayHaveReleased(one, wait.Lock)) : [];
        if (holders.Count == 0 || (wait.Kind == PyWaitKind.Lock && holders.Exists(one => one.Task != holders[0].Task)))
        {
            // Taken by hand. Or two say that they have it: one has given it back by hand, and it is not known which.
            return wait;
        }

        // Found in the order of a set.
        holders.Sort((one, other) => Order(one.Task).CompareTo(Order(other.Task)));
        List<ulong> tasks = [];
        List<string> shown = [];
        foreach (Claim one in holders)
        {
            if (!tasks.Contains(one.Task.Address))
            {
                tasks.Add(one.Task.Address);
                shown.Add($"{context.Tasks.Describe(one.Task.Address)} at {PlaceOf(one.Frame)}");
            }

            if (tasks.Count > MaxShown)
            {
                break;
            }
        }

        string text = tasks.Count > MaxShown ? string.Join(", ", shown.GetRange(0, MaxShown)) + ", ..." : string.Join(", ", shown);
        wait = wait with { Description = $"{wait.Description}, held by {text}" };

        // Whoever else has taken a part of a semaphore is not known, unless it says how many there can be.
        return wait.Kind == PyWaitKind.Lock || (tasks.Count == 1 && python.Values.Number(python.Values.Get(wait.Lock, "_bound_value"u8)) == 1)
            ? wait with { Holder = tasks[0], Tasks = [tasks[0]] }
            : wait;
    }

    private static (int, string, ulong) Order(RawTask task) => (task.Name?.Length ?? 0, task.Name ?? "", task.Address);

    private static ulong[] Inner(PythonStack stack, int index)
    {
        ulong[] inner = new ulong[index + 1];
        for (int i = 0; i <= index; i++)
        {
            inner[i] = stack[i].Address;
        }

        return inner;
    }

    private static string PlaceOf(PythonFrame frame)
    {
        string file = TerminalText.Escape(frame.Code.FileName[(frame.Code.FileName.LastIndexOf('/') + 1)..]);
        return frame.Position.Line is int line ? string.Create(CultureInfo.InvariantCulture, $"{file}:{line}") : file;
    }

    private void Add(ulong address, Claim claim)
    {
        if (!_claims.TryGetValue(address, out List<Claim>? known))
        {
            _claims.Add(address, known = []);
        }

        known.Add(claim);
    }

    private void AddRunning(WaitContext context)
    {
        foreach ((RawTask task, PythonStack own) in _running)
        {
            foreach (ThreadStack thread in own.Count == 0 ? [] : context.Threads)
            {
                PythonStack stack = thread.Stack;
                int outermost = 0;
                while (outermost < stack.Count && stack[outermost].Address != own[own.Count - 1].Address)
                {
                    outermost++;
                }

                if (outermost < stack.Count)
                {
                    _ = Add(task, stack.InnerPart(outermost + 1));
                    break;
                }
            }
        }

        _running.Clear();
    }

    // asyncio.timeout() (Lib/asyncio/timeouts.py); async_timeout, from which it comes; anyio's cancel scopes, whose deadline is infinite where they have none.
    private double? TimeoutOf(ulong manager)
        => python.Values.IsInstance(manager, "asyncio.timeouts.Timeout") ? python.Values.Seconds(python.Values.Get(manager, "_when"u8))
            : python.Values.IsInstance(manager, "async_timeout.Timeout") || python.Values.IsInstance(manager, "anyio._backends._asyncio.CancelScope")
                ? python.Values.Seconds(python.Values.Get(manager, "_deadline"u8))
                : null;

    // Condition.wait() gives its lock back inside of a with statement, and so may other code that has the lock at hand.
    private bool MayHaveReleased(Claim claim, ulong address)
    {
        for (int i = 0; i < claim.Inner.Length; i++)
        {
            if (_reader.MayGiveBack(claim.Inner[i], address, isItsOwn: i == claim.Inner.Length - 1)
                || _reader.Statements.Read(claim.Inner[i]).Exists(call => _reader.Managers.MayGiveBack(call, address)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A task with a frame in the body of an <c>async with</c> statement.</summary>
    /// <param name="Inner">The addresses of its frames, the innermost first, as far as this one.</param>
    private sealed record Claim(RawTask Task, PythonFrame Frame, ulong[] Inner);
}
