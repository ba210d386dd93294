using System.Linq;
using PyStack.Engine.Sessions;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Threads that are caught at an instruction without a line of its own.</summary>
public sealed class LoopLineTests
{
    [Theory]
    [MemberData(nameof(Rows.OnePerSeriesAndMode), MemberType = typeof(Rows))]
    public void A_thread_that_gives_the_lock_up_at_a_loops_end_has_the_line_before(string interpreter, bool noBlock)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "loop_lines.py");
        Assert.Equal("ready", target.ReadLine());
        using StackSession session = Captures.Open(target.ProcessId, Captures.Blocking with { NoBlock = noBlock });
        int seen = 0;
        for (int i = 0; i < 10; i++)
        {
            foreach (PyFrame frame in session.Take().SelectMany(thread => thread.Frames).Where(frame => frame.Function == "spin"))
            {
                // The function's own lines, from its first statement to the last of the loop.
                Assert.InRange(frame.Line ?? 0, 8, 12);
                seen++;
            }
        }

        Assert.True(seen >= 10, $"{seen} frames");
    }
}
