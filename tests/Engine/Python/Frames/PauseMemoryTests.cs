using System;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Python.Frames;

/// <summary>The garbage collector has nothing to do with the pause: what happens in it takes no managed memory, so that no collection can begin there.</summary>
public sealed class PauseMemoryTests
{
    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void Variables_take_no_memory_in_the_pause_whether_the_rehearsal_has_seen_them_or_not(string interpreter)
    {
        foreach (string kind in (string[])["numbers", "texts", "containers", "objects"])
        {
            using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "values.py", new() { Arguments = [kind] });
            _ = target.ReadLine();
            Wait.Until(() => Captures.Once(target, Captures.Blocking)[0] is { Gil: not PyGilState.Held } thread && thread.Frames[^1].Function == "tell", "it does not come to wait");
            foreach (int length in (int[])[80, 5000])
            {
                RecordedProcess recorded = RecordedProcess.Take(target.ProcessId, new ValueOptions(length));
                foreach (bool isRehearsed in (bool[])[true, false])
                {
                    using Pause pause = new(recorded, new ValueOptions(length));
                    _ = pause.Run(isRehearsed); // what is compiled or bound on the way

                    long allocated = pause.RunSeveral(isRehearsed);

                    Assert.True(pause.Frames > 1);
                    Assert.Equal((kind, length, isRehearsed, 0L), (kind, length, isRehearsed, allocated));
                }
            }
        }
    }

    /// <summary>The steps of a blocking capture over recorded memory.</summary>
    private sealed class Pause : IDisposable
    {
        private readonly PythonRuntime _runtime;
        private readonly PageSnapshot _copy;
        private readonly RawCapture _capture = new();
        private readonly RuntimeWalker _walker;
        private readonly CodePrefetch _prefetch;
        private readonly FrameVariables _variables;

        public Pause(RecordedProcess recorded, ValueOptions values)
        {
            _runtime = recorded.Runtime;
            _copy = new PageSnapshot(new MutatedMemory(recorded, []), Limits.Default);
            _walker = new RuntimeWalker(_runtime.Layout, Limits.Default, _runtime.Variables);
            _prefetch = new CodePrefetch(_runtime.Layout, Limits.Default);
            _variables = new FrameVariables(_runtime.Layout, values, Limits.Default);
        }

        public int Frames => _capture.Frames.Count;

        /// <summary>The least of some rounds: what the code allocates, it allocates in each. Now and then a thread's count grows by up to 8 KB, the size of an allocation context, in one alone.</summary>
        public long RunSeveral(bool isRehearsed)
        {
            long least = long.MaxValue;
            for (int i = 0; i < 5 && least > 0; i++)
            {
                least = Math.Min(least, Run(isRehearsed));
            }

            return least;
        }

        /// <summary>Rehearses and goes through the pause.</summary>
        /// <param name="isRehearsed">Whether the frames of the pause are there in the rehearsal already; their pages are in any case.</param>
        /// <returns>Bytes that the pause took.</returns>
        public long Run(bool isRehearsed)
        {
            Walk(isPaused: false);
            if (!isRehearsed)
            {
                _prefetch.Prefetch(_copy, new FrameList(), 0, 0);
                _variables.BeginPrefetch(_copy, isPaused: false);
                _variables.Prefetch(new FrameList(), 0, 0);
            }

            _copy.PrepareRefresh();
            _capture.ReserveDouble();
            _prefetch.ReserveDouble();
            _variables.Reserve();
            long before = GC.GetAllocatedBytesForCurrentThread();
            _copy.Refresh();
            Walk(isPaused: true);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        public void Dispose() => _copy.Dispose();

        private void Walk(bool isPaused)
        {
            _walker.TryWalk(_copy, _runtime.Address, _capture);
            _prefetch.Prefetch(_copy, _capture.Frames, 0, _capture.Frames.Count);
            _variables.BeginPrefetch(_copy, isPaused);
            _variables.Prefetch(_capture.Frames, 0, _capture.Frames.Count);
        }
    }
}
