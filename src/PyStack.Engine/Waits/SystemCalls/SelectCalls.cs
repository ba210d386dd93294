using System;
using System.Collections.Generic;
using PyStack.Engine.Memory;

namespace PyStack.Engine.Waits.SystemCalls;

/// <summary>select(2) and pselect6(2): the descriptors whose bits are set in one of the three sets.</summary>
internal sealed class SelectCalls : ISystemCallReader
{
    /// <summary>Descriptors of a set: FD_SETSIZE is 1024, and programs that make larger sets are few.</summary>
    private const int Most = 8192;

    public IEnumerable<string> Names => ["select", "pselect6"];

    public WaitReason Read(SystemCallContext context)
    {
        int count = (int)Math.Clamp((int)context.Call.First, 0, Most);
        List<int> numbers = [];
        if (count > 0)
        {
            byte[] all = new byte[(count + 63) / 64 * 8];
            byte[] one = new byte[all.Length];
            foreach (ulong set in (ReadOnlySpan<ulong>)[context.Call.Second, context.Call.Third, context.Call.Fourth])
            {
                if (set != 0 && context.Memory.TryRead(set, one))
                {
                    for (int i = 0; i < one.Length; i++)
                    {
                        all[i] |= one[i];
                    }
                }
            }

            for (int number = 0; number < count; number++)
            {
                if ((all[number / 8] & (1 << (number % 8))) != 0)
                {
                    numbers.Add(number);
                }
            }
        }

        TimeLimit limit = context.Times.Relative(context.ThreadId, context.Call.Fifth, context.Name == "select" ? 1e6 : 1e9);
        return numbers.Count == 0 ? new WaitReason(PyWaitKind.Sleep, context.Name, "sleep") { Limit = limit } : PollCalls.Of(context, "select", numbers, numbers.Count, limit);
    }
}
