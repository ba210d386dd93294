using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace PyStack.Engine.Waits.SystemCalls;

/// <summary>poll(2) and ppoll(2): the descriptors in the array of <c>struct pollfd</c>.</summary>
internal sealed class PollCalls : ISystemCallReader
{
    /// <summary>How many descriptors of a call are looked at and described.</summary>
    public const int MostDescribed = 4;

    private const int MostRead = 512;

    /// <summary>Bytes of a <c>struct pollfd</c> (poll.h): the descriptor, negative to be ignored, and two times 2 bytes of events.</summary>
    private const int EntryBytes = 8;

    public IEnumerable<string> Names => ["poll", "ppoll"];

    public WaitReason Read(SystemCallContext context)
    {
        List<int> numbers = [];
        ulong asked = Math.Min(context.Call.Second & uint.MaxValue, MostRead);
        byte[] entries = new byte[asked * EntryBytes];
        int length = entries.Length == 0 ? 0 : context.Memory.Read(context.Call.First, entries);
        for (int at = 0; at + EntryBytes <= length; at += EntryBytes)
        {
            int number = BinaryPrimitives.ReadInt32LittleEndian(entries.AsSpan(at));
            if (number >= 0)
            {
                numbers.Add(number);
            }
        }

        int more = (int)Math.Min(int.MaxValue - MostRead, (context.Call.Second & uint.MaxValue) - asked);
        TimeLimit limit = context.Name == "poll" ? context.Times.Milliseconds(context.ThreadId, context.Call.Third) : context.Times.Relative(context.ThreadId, context.Call.Third, 1e9);
        return asked == 0 ? new WaitReason(PyWaitKind.Sleep, context.Name, "sleep") { Limit = limit } : Of(context, "poll", numbers, numbers.Count + more, limit);
    }

    /// <summary>The reason of a call that waits for some of many descriptors.</summary>
    public static WaitReason Of(SystemCallContext context, string action, List<int> numbers, int count, TimeLimit limit)
        => new(PyWaitKind.Select, context.Name, action)
        {
            Descriptors = context.OpenAll(numbers, MostDescribed),
            DescriptorCount = count,
            Limit = limit,
        };
}
