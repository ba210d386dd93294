using System;
using System.Linq;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Python.Frames;

/// <summary>What is pinned in the pause is all that the text needs.</summary>
public sealed class PrefetchTests
{
    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void A_sealed_copy_gives_the_same_text_as_the_memory_itself(string interpreter)
    {
        foreach (string kind in (string[])["numbers", "texts", "containers", "objects"])
        {
            using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "values.py", new() { Arguments = [kind] });
            _ = target.ReadLine();
            Wait.Until(() => Captures.Once(target, Captures.Blocking)[0] is { Gil: not PyGilState.Held } thread && thread.Frames[^1].Function == "tell", "it does not come to wait");
            foreach (int length in (int[])[20, 80, 400])
            {
                ValueOptions values = new(length);
                RecordedProcess recorded = RecordedProcess.Take(target.ProcessId, values);
                MutatedMemory memory = new(recorded, []);

                string[] direct = [.. Replay.Decode(memory, recorded.Runtime, Limits.Default, values)!.SelectMany(thread => thread)];
                string[] copied = [.. Replay.DecodeCopy(memory, recorded.Runtime, Limits.Default, out _, values)!.SelectMany(thread => thread)];

                Assert.Contains(direct, frame => frame.Contains($" {kind}\n", StringComparison.Ordinal));
                Assert.All(direct, frame => Assert.DoesNotContain("<invalid object", frame, StringComparison.Ordinal));
                Assert.Equal(direct, copied);
            }
        }
    }
}
